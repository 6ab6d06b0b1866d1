"""How good a ranking is, measured on test collections."""
