"""Readers: one file a source format, one table that names them."""
