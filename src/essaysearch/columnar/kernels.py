"""The compiled loops of queries, by name. Importing this imports numba, of the extra ``fast``."""

from __future__ import annotations

from essaysearch.columnar.all_kernels import all_of
from essaysearch.columnar.any_kernels import any_of
from essaysearch.columnar.impact_kernels import impacts
from essaysearch.columnar.leaf_kernels import count, postings
from essaysearch.columnar.lookup_kernels import find, locate, locate_all
from essaysearch.columnar.pattern_kernels import best_pattern, take, union
from essaysearch.columnar.phrase_kernels import best_phrase, phrase
from essaysearch.columnar.table_kernels import frequencies, near

__all__ = [
    "all_of",
    "any_of",
    "best_pattern",
    "best_phrase",
    "count",
    "find",
    "frequencies",
    "impacts",
    "locate",
    "locate_all",
    "near",
    "phrase",
    "postings",
    "take",
    "union",
]
