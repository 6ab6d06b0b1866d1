"""Text to terms, sentences, passages and what is shown of them."""
