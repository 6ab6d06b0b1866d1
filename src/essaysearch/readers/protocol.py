"""What a reader is: a name, a test on the first bytes, and a function from a file to documents.

A reader yields documents one by one and never holds a whole archive. What it cannot use it
yields as `Skipped`, with the place and a sentence; it raises `ReadError` only where nothing
of the file can be read. It sees the file through a `SourceFile`, which owns encodings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from essaysearch.model import Reading
from essaysearch.readers.source import SourceFile

Read = Callable[[SourceFile], Iterator[Reading]]
Sniff = Callable[[SourceFile], float]


@dataclass(frozen=True, slots=True)
class Reader:
    """One row of the table.

    ``sniff`` looks at ``source.head`` (the first 64 KiB), ``source.suffix`` and, cheaply, at the
    structure, and answers how sure it is that the file is its own: 0 (no) to 1 (certain).
    ``label`` says in a few words what the files are, for help texts.
    """

    name: str
    label: str
    suffixes: tuple[str, ...]
    sniff: Sniff
    read: Read
