"""Paths or documents into an index, and what is said about it."""
