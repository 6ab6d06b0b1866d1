"""Fingerprints of documents: by them a document met again is known to be as it was."""

from __future__ import annotations

from hashlib import blake2b
from operator import attrgetter
from typing import Any

from essaysearch.columnar.records import MANY, SINGLE, encode_document
from essaysearch.model import Document

columns_of = attrgetter(*(name for name in SINGLE if name not in ("id", "path")), *MANY, "karma", "date")
"""What of a document's columns its fingerprint depends on."""


def fingerprint(document: Document) -> int:
    """A number that differs where anything the index keeps of the document differs, its path aside."""
    text = document.text.encode("utf-8", "surrogatepass")
    return fingerprint_of(text, encode_document(document), columns_of(document))


def fingerprint_of(text: bytes, record: bytes, columns: tuple[Any, ...]) -> int:
    """The fingerprint, of the text's bytes, what `encode_document` and what `columns_of` give."""
    return print_of(text, record, repr(columns))


def print_of(text: bytes, record: bytes, columns: str) -> int:
    """`fingerprint_of`, of the columns as `repr` writes them."""
    whole = b"\xff".join((text, record, columns.encode("utf-8", "surrogatepass")))
    return int.from_bytes(blake2b(whole, digest_size=8).digest(), "big")
