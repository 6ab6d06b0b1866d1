"""``python -m essaysearch.query``: the reference of the query language, as docs/query.md has it."""

from essaysearch.query.operators import OPERATORS
from essaysearch.query.reference import markdown

print(markdown(OPERATORS), end="")
