"""Fingerprints of documents: by them a document met again is known to be as it was."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from operator import attrgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from essaysearch.columnar.records import MANY, SINGLE, encode_document
from essaysearch.model import Document

Array = npt.NDArray[Any]
columns_of = attrgetter(*(name for name in SINGLE if name not in ("id", "path")), *MANY, "karma", "date")
"""What of a document's columns its fingerprint depends on."""


def fingerprint(document: Document) -> int:
    """A number that differs where anything the index keeps of the document differs, its path aside."""
    text = document.text.encode("utf-8", "surrogatepass")
    return fingerprint_of(text, encode_document(document), columns_of(document))


def fingerprint_of(text: bytes, record: bytes, columns: tuple[Any, ...]) -> int:
    """The fingerprint, of the text's bytes, what `encode_document` and what `columns_of` give."""
    return int(prints_of([text], [record], [repr(columns)])[0])


def prints_of(texts: Iterable[bytes], records: Iterable[bytes], columns: Iterable[str]) -> Array:
    """`fingerprint_of` of many documents, uint64; of their columns as `repr` writes them, on one line."""
    told = "\n".join(columns).encode("utf-8", "surrogatepass").split(b"\n")
    wholes = map(b"\xff".join, zip(texts, records, told, strict=True))
    digests = [blake2b(whole, digest_size=8).digest() for whole in wholes]
    return np.frombuffer(b"".join(digests), dtype=">u8").astype(np.uint64)
