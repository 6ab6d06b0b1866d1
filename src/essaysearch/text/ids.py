"""Names that last: ids of documents and passages that survive a re-ingest.

A document's id is its source's own id where there is one; a passage's id comes from its
document's id, its folded text and its ordinal among equal texts of that document.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from essaysearch.text.analysis import fold
from essaysearch.text.spaces import words_apart

_UNSAFE = re.compile(r"[^a-z0-9]+")


def digest(*parts: str, size: int = 8) -> str:
    """A short hexadecimal digest of the parts, which are kept apart (``2 * size`` characters)."""
    import hashlib  # with all of OpenSSL, which a search does without

    return hashlib.blake2b("\x1f".join(parts).encode("utf-8", "surrogatepass"), digest_size=size).hexdigest()


def slug(text: str, limit: int = 40) -> str:
    """The text as lower-case ASCII words joined by hyphens, cut at a word, perhaps empty."""
    words = _UNSAFE.sub("-", fold(text)).strip("-")
    if len(words) <= limit:
        return words
    return words[:limit].rsplit("-", 1)[0]


def derived_document_id(reader: str, author: str, title: str) -> str:
    """The id of a document whose source gives none: readable words and a digest.

    It depends on the reader, the author and the title (or heading) alone.
    """
    words = slug(title or author)
    tail = digest(reader, fold(author), fold(title), size=5)
    return f"{words}-{tail}" if words else tail


def passage_ids(document_id: str, texts: Iterable[str]) -> list[str]:
    """Ids of a document's passages, 16 hexadecimal digits each, in the order of ``texts``."""
    from hashlib import blake2b

    seen: dict[bytes, int] = {}
    ids = []
    name = document_id.encode("utf-8", "surrogatepass")
    for text in texts:
        folded = words_apart(fold(text))
        ordinal = seen.get(folded, 0)
        seen[folded] = ordinal + 1
        whole = b"%b\x1f%b\x1f%d" % (name, folded, ordinal)
        ids.append(blake2b(whole, digest_size=8).hexdigest())
    return ids
