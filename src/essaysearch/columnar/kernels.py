"""The compiled loops of queries, by name. Importing this imports numba, of the extra ``fast``."""

from __future__ import annotations

from essaysearch.columnar.leaf_kernels import best_of, count, phrase, postings, take, union
from essaysearch.columnar.lookup_kernels import find, locate
from essaysearch.columnar.ranking_kernels import all_of, any_of

__all__ = ["all_of", "any_of", "best_of", "count", "find", "locate", "phrase", "postings", "take", "union"]
