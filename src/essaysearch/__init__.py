"""essaysearch: full-text search over essays, comment threads and paper abstracts."""
