"""Text to terms: the one tokenizer that indexing, querying and highlighting share.

Text is first cut into *chunks*: maximal runs of ASCII letters and digits and of every
character beyond ASCII, general punctuation (U+2000 to U+206F: dashes, curly quotes,
ellipsis) excepted. Any other character always separates. A chunk is then split into words
without looking at its neighbours, so the words of a chunk can be remembered, and a bulk
tokenizer needs to come back to Python only for a chunk it has not met.

A word has a *surface* (folded: lower case, no diacritics) and a *term* (its Porter2 stem).
Writing systems without spaces give one word a character, which a phrase then joins.
"""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import Stemmer

from essaysearch.late import late

ANALYZER_VERSION = 1
"""Rises whenever the same text would give other terms; an index remembers it."""

CHUNK = late("[^\x00-/:-@\\[-`{-\x7f\u2000-\u206f]+")  # named by what is not in it, which compiles far sooner
_BEYOND = late("[^\x00-\x7f\u2000-\u206f]")
_FOLDING = "essaysearch.folding"  # of the codec error handler that folds what is beyond ASCII
_PUNCTUATION = range(0x2000, 0x2070)
_BETWEEN = frozenset(c for c in map(chr, (*range(128), *_PUNCTUATION)) if not (c.isascii() and c.isalnum()))
"""What no chunk holds."""

_ALONE = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_PICTURE = "\u2190-\u21ff\u2600-\u27bf\U0001f1e6-\U0001faff"
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u0900-\u0903\u093a-\u094f\u0962\u0963\u0981-\u0983\u09bc\u09be-\u09d7\u0a01-\u0a51\u0b82"
    "\u0bbe-\u0bcd\u0c00-\u0c04\u0c3e-\u0c56\ufe20-\ufe2f"
)
_WORD = late(f"[{_ALONE}{_PICTURE}]|(?:[^\\W_{_ALONE}][{_MARKS}]*)+")

_UNDECOMPOSED = str.maketrans(
    {
        "ß": "ss", "ẞ": "ss", "æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe", "ø": "o", "Ø": "o",
        "ł": "l", "Ł": "l", "đ": "d", "Đ": "d", "ð": "d", "Ð": "d", "þ": "th", "Þ": "th", "ħ": "h",
        "Ħ": "h", "ı": "i", "İ": "i", "ŋ": "n", "Ŋ": "n", "ŧ": "t", "Ŧ": "t", "ſ": "s",
    }
)  # fmt: skip

STOP_WORDS: frozenset[str] = frozenset(
    """a about above after again against all am an and any are as at be because been before being
    below between both but by can could did do does doing don down during each few for from further
    had has have having he her here hers herself him himself his how i if in into is it its itself
    just me more most my myself no nor not now of off on once only or other our ours ourselves out
    over own s same she should so some such t than that the their theirs them themselves then there
    these they this those through to too under until up very was we were what when where which while
    who whom why will with would you your yours yourself yourselves d ll m re ve""".split()
)
"""Folded words that neither match nor rank unless a query has nothing else."""


class Token(NamedTuple):
    """A word in its text: ``text[start:end]``, its folded surface and its term."""

    start: int
    end: int
    surface: str
    term: str


class Word(NamedTuple):
    """A word of a chunk: offsets within the chunk, folded surface, term."""

    start: int
    end: int
    surface: str
    term: str


_stemmer = Stemmer.Stemmer("english")
_stemmer.maxCacheSize = 0


def fold(text: str) -> str:
    """The text in lower case without diacritics; its length may differ from the text's."""
    if text.isascii():
        return text.lower()
    return text.encode("ascii", _FOLDING).lower().decode("utf-8", "surrogatepass")


class _Folds(dict[int, str]):
    """What each character beyond ASCII becomes, as they come up: none depends on its neighbours."""

    def __missing__(self, code: int) -> str:
        decomposed = unicodedata.normalize("NFKD", chr(code).translate(_UNDECOMPOSED))
        self[code] = "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()
        return self[code]


_FOLDS = _Folds()


def _folded(error: UnicodeError) -> tuple[bytes, int]:
    """A codec error handler: what ASCII cannot hold, folded, in UTF-8."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    beyond = error.object[error.start : error.end]
    return beyond.translate(_FOLDS).encode("utf-8", "surrogatepass"), error.end


codecs.register_error(_FOLDING, _folded)


def stem(surface: str) -> str:
    """The term of a folded surface: its Porter2 stem where it is Latin letters, else itself."""
    if surface.isascii() and surface.isalpha():
        return str(_stemmer.stemWord(surface))
    return surface


def stems(surfaces: list[str]) -> list[str]:
    """`stem` of many surfaces in one call."""
    stemmed: list[str] = _stemmer.stemWords(surfaces)
    whole = "".join(surfaces)
    if whole.isascii() and whole.isalpha():
        return stemmed
    return [t if s.isascii() and s.isalpha() else s for s, t in zip(surfaces, stemmed, strict=True)]


def _split(chunk: str) -> list[tuple[int, int, str]]:
    """The words of a chunk as (start, end, surface)."""
    if chunk.isascii():
        return [(0, len(chunk), chunk.lower())]
    words = []
    for match in _WORD.finditer(chunk):
        surface = fold(match.group())
        # Folding can uncover characters that are no part of a word (vulgar fractions, ligatures).
        surface = "".join(c for c in surface if c.isalnum()) or match.group()
        words.append((match.start(), match.end(), surface))
    return words


@lru_cache(maxsize=1 << 16)
def words_of_chunk(chunk: str) -> tuple[Word, ...]:
    """The words of one chunk, in order; empty where it holds only symbols."""
    return tuple(Word(start, end, surface, stem(surface)) for start, end, surface in _split(chunk))


def surfaces_of(chunk: str) -> list[str]:
    """The surfaces of a chunk's words, in order; remembers nothing."""
    return [chunk.lower()] if chunk.isascii() else [surface for _, _, surface in _split(chunk)]


def tokens(text: str) -> list[Token]:
    """Every word of a text, in order, with its place.

    >>> [(t.surface, t.term) for t in tokens("Lukošiūtė's models")]
    [('lukosiute', 'lukosiut'), ('s', 's'), ('models', 'model')]
    """
    found = []
    for match in CHUNK.finditer(text):
        at = match.start()
        for start, end, surface, term in words_of_chunk(match.group()):
            found.append(Token(at + start, at + end, surface, term))
    return found


def places_of(wanted: frozenset[str], text: str) -> list[Token]:
    """Of `tokens` those with a term that is wanted; much sooner where these are few.

    >>> [t.surface for t in places_of(frozenset(["model"]), "A model, modelled")]
    ['model', 'modelled']
    """
    lowered = text.lower()
    if len(lowered) != len(text):
        return [token for token in tokens(text) if token.term in wanted]
    likely = _beginning(lowered, wanted)
    if not text.isascii():
        likely.update(_foreign(text))
    found: list[Token] = []
    for at in sorted(likely):
        match = CHUNK.match(text, at)
        for start, end, surface, term in words_of_chunk(match.group()) if match else ():
            if term in wanted:
                found.append(Token(at + start, at + end, surface, term))
    return found


def _beginning(lowered: str, wanted: frozenset[str]) -> set[int]:
    """Where ASCII chunks begin that may have a term that is wanted, and perhaps others."""
    places: set[int] = set()
    for letters in _beginnings(wanted):
        at = lowered.find(letters)
        while at >= 0:
            if at == 0 or lowered[at - 1] in _BETWEEN:
                places.add(at)
            at = lowered.find(letters, at + 1)
    return places


def _foreign(text: str) -> Iterator[int]:
    """Where the chunks begin that are not ASCII."""
    match = _BEYOND.search(text)
    while match:
        at = match.start()
        while at and text[at - 1] not in _BETWEEN:
            at -= 1
        yield at
        whole = CHUNK.match(text, at)
        match = _BEYOND.search(text, whole.end() if whole else match.end())


@lru_cache(maxsize=256)
def _beginnings(terms: frozenset[str]) -> frozenset[str]:
    """With what ASCII words of some terms begin: a stem has at most its last two letters of its own (`dying`:
    `die`, `capability`: `capabl`)."""
    return frozenset(term[: max(1, len(term) - 2)] for term in terms if term.isascii())


def terms(text: str) -> list[str]:
    """The terms of a text, in order."""
    return [word.term for match in CHUNK.finditer(text) for word in words_of_chunk(match.group())]
