"""A run of typed characters to clauses: words, compounds, patterns, weights.

A run is what stands between spaces, quotes and brackets. Punctuation cuts it into pieces; a
piece may hold inner hyphens, apostrophes, dots, slashes and the like, and is one ranking clause.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from essaysearch.late import late
from essaysearch.query.patterns import fuzzy, star
from essaysearch.query.ranges import Problem, shown
from essaysearch.query.sentences import EXACT_PATTERN, WEIGHT
from essaysearch.text.analysis import CHUNK, STOP_WORDS, Token, stem, words_of_chunk
from essaysearch.tree import Clauses, Node, Phrase, Word

Warn = Callable[[str, int, int, str], None]
"""Called with kind, start, end and message."""

Fields = tuple[str, ...] | None

# What `analysis.CHUNK` takes, and * and ?; named by what is not in it, which compiles faster.
_LETTER = r"[^\x00-)+-/:->@\[-`{-\x7f\u2000-\u206f]"
_PIECE = late(f"{_LETTER}+(?:(?:://|[-'./=&_@\u200b-\u200d]|(?<=[0-9])[,:](?=[0-9])){_LETTER}+)*")
_JOINED_PATTERN = late(r"[^./=&_@:,\u200b-\u200d]+")
_PART = late(r"[^-']+")
_WEIGHT = late(r"\^([0-9]{1,4}(?:\.[0-9]{1,6})?|\.[0-9]{1,6})")
_LONG = 64
_LONGEST = 4096


class Piece(NamedTuple):
    """One clause of a run; ``stop`` where it is too common to search unless nothing else is there."""

    node: Node
    stop: bool


@lru_cache(maxsize=1 << 15)
def plain_word(text: str) -> tuple[str, bool]:
    """The term of an ASCII word, and whether it is a stop word."""
    surface = text.lower()
    return stem(surface), surface in STOP_WORDS


def words_in(text: str, limit: int) -> list[Token]:
    """The first words of a text, as `analysis.tokens` finds them, remembering no long ones.

    Of a run of more than `_LONGEST` letters the rest is not looked at.
    """
    return list(_short_words(text)[:limit]) if len(text) <= _LONG else _words_in(text, limit)


@lru_cache(maxsize=1 << 12)
def _short_words(text: str) -> tuple[Token, ...]:
    return tuple(_words_in(text, _LONG))


def _words_in(text: str, limit: int) -> list[Token]:
    found: list[Token] = []
    for match in CHUNK.finditer(text):
        chunk, at = match.group()[:_LONGEST], match.start()
        split = words_of_chunk if len(chunk) <= _LONG else words_of_chunk.__wrapped__
        for start, end, surface, term in split(chunk):
            found.append(Token(at + start, at + end, surface, term))
        if len(found) >= limit:
            return found[:limit]
    return found


def weight(text: str, start: int, warn: Warn) -> float:
    """The factor of ``^2``; 1.0, with a warning, where it cannot be read."""
    match = _WEIGHT.fullmatch(text)
    value = float(match[1]) if match else 0.0
    if 0.01 <= value <= 100.0:
        return value
    warn("bad-number", start, start + len(text), WEIGHT.format(given=shown(text)))
    return 1.0


def read_run(run: str, at: int, fields: Fields, exact: bool, limit: int, warn: Warn) -> list[Piece]:
    """The clauses of a run that begins at position ``at`` of the query."""
    text = run.rstrip(",;:!.")
    factor = 1.0
    caret = text.rfind("^")
    if caret > 0:
        factor = weight(text[caret:], at + caret, warn)
        text = text[:caret] if _WEIGHT.fullmatch(text, caret) else text
    core, tilde, edits = text.rpartition("~")
    if tilde and core and (not edits or edits.isdecimal()):
        pieces = _fuzzy(core, edits, at, fields, exact, warn) or _pieces(core, at, fields, exact, limit, warn)
    else:
        pieces = _pieces(text, at, fields, exact, limit, warn)
    if factor != 1.0:
        for piece in pieces:
            piece.node.boost *= factor
    return pieces


def _pieces(text: str, at: int, fields: Fields, exact: bool, limit: int, warn: Warn) -> list[Piece]:
    found: list[Piece] = []
    for match in _PIECE.finditer(text):
        if limit <= 0:
            break
        written = match.group().rstrip("?")
        start = at + match.start()
        piece = None
        if ("*" in written or "?" in written) and _JOINED_PATTERN.fullmatch(written):
            piece = _pattern(written, start, fields, exact, warn)
        piece = piece or _compound(written, start, fields, exact, limit)
        if piece:
            found.append(piece)
            limit -= len(piece.node.words) if isinstance(piece.node, Phrase) else 1
    return found


def _compound(written: str, at: int, fields: Fields, exact: bool, limit: int) -> Piece | None:
    """A word; or the parts of a word as a phrase, and where they can be joined, the joined word."""
    tokens = words_in(written, limit)
    if not tokens:
        return None
    words = [
        Word(written[t.start : t.end], t.term, fields, exact, 1.0, at + t.start, at + t.end) for t in tokens
    ]
    if len(words) == 1:
        return Piece(words[0], not exact and tokens[0].surface in STOP_WORDS)
    start, end = at, at + len(written)
    phrase = Phrase(tuple(words), 0, True, fields, 1.0, start, end)
    if exact or written.isalnum():
        return Piece(phrase, False)
    joined = "".join(word.text for word in words)
    whole = words_in(joined, 2)
    if len(whole) != 1:
        return Piece(phrase, False)
    one = Word(joined, whole[0].term, fields, False, 1.0, start, end)
    contraction = "'" in written and all(token.surface in STOP_WORDS for token in tokens)
    return Piece(Clauses(should=(phrase, one), start=start, end=end), contraction)


def _pattern(written: str, at: int, fields: Fields, exact: bool, warn: Warn) -> Piece | None:
    """A pattern; with inner hyphens, all its parts, or the joined pattern."""
    end = at + len(written)
    if not written.strip("*?-'"):
        return None
    if exact:
        _exact_pattern(at, end, warn)
    whole = star(written.replace("-", "").replace("'", ""))
    if isinstance(whole, Problem):
        warn(whole.kind, at, end, f"{whole.message}; its letters are searched as a word")
        return None
    whole.fields, whole.start, whole.end = fields, at, end
    parts: list[Node] = []
    for match in _PART.finditer(written):
        part, start = match.group(), at + match.start()
        node = star(part) if "*" in part or "?" in part else None
        if isinstance(node, Problem):
            return Piece(whole, False)
        if node is not None:
            node.fields, node.start, node.end = fields, start, start + len(part)
            parts.append(node)
        else:
            parts += [
                Word(part[t.start : t.end], t.term, fields, False, 1.0, start + t.start, start + t.end)
                for t in words_in(part, _LONG)
            ]
    if len(parts) == 1:
        return Piece(parts[0], False)
    return Piece(
        Clauses(should=(Clauses(must=tuple(parts), start=at, end=end), whole), start=at, end=end), False
    )


def _fuzzy(core: str, edits: str, at: int, fields: Fields, exact: bool, warn: Warn) -> list[Piece]:
    tokens = words_in(core, 2)
    end = at + len(core) + 1 + len(edits)
    if len(tokens) != 1:
        return []
    if exact:
        _exact_pattern(at, end, warn)
    node = fuzzy(tokens[0].surface, int(edits[:4] or 1))
    if isinstance(node, Problem):
        warn(node.kind, at, end, f"{node.message}; the word itself is searched")
        return []
    node.fields, node.start, node.end = fields, at, end
    return [Piece(node, False)]


def _exact_pattern(start: int, end: int, warn: Warn) -> None:
    warn("exact-pattern", start, end, EXACT_PATTERN)
