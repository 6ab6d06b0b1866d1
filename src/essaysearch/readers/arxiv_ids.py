"""arXiv identifiers: new (``2401.05566v2``) and old (``hep-th/9901001``), bare or in an address."""

from __future__ import annotations

import re
from typing import NamedTuple

_NEW = r"\d{2}(?:0[1-9]|1[0-2])\.\d{4,5}"
_OLD = r"[a-z]+(?:-[a-z]+)?(?:\.[A-Z]{2})?/\d{2}(?:0[1-9]|1[0-2])\d{3}"
_ID = re.compile(rf"(?:^|(?<=[/:\s])|(?<=arXiv\.))({_NEW}|{_OLD})(?:v(\d+))?(?=$|[\s#?.,;)\]]|\.pdf)")
_FIRST_YEAR = 91


class ArxivId(NamedTuple):
    """An identifier without its version, and the version (0: not said)."""

    name: str
    version: int

    @property
    def document_id(self) -> str:
        """``arxiv:2401.05566``: the same for every version."""
        return f"arxiv:{self.name}"

    @property
    def url(self) -> str:
        """The address of the abstract."""
        return f"https://arxiv.org/abs/{self.name}"

    @property
    def month(self) -> str:
        """The month it was given out in, as ``2024-01``: its first four digits."""
        digits = self.name.rpartition("/")[2]
        year = int(digits[:2])
        return f"{year + (1900 if year >= _FIRST_YEAR else 2000)}-{digits[2:4]}"


def arxiv_id(text: str) -> ArxivId | None:
    """The identifier in a text that is one, or is an address, an ``oai:`` name or a DOI of arXiv; else None.

    >>> arxiv_id("http://arxiv.org/abs/1605.08386v1")
    ArxivId(name='1605.08386', version=1)
    """
    match = _ID.search(text.strip())
    return ArxivId(match[1], int(match[2] or 0)) if match else None
