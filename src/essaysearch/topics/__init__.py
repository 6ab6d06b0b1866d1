"""Topics: a concept in a file, every passage that treats it, and what may still be missing."""
