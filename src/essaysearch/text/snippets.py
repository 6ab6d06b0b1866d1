"""Passage and query to the text to show: its readable form, the best window of it, what matched.

Escaping is the renderer's: a snippet is plain text and spans.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from essaysearch.model import Snippet, Voice
from essaysearch.text.matching import Span, all_occurrences
from essaysearch.text.readable import readable_text
from essaysearch.tree import Clauses, Expand, Node, Phrase, Same, Word

LENGTH = 360
"""Characters of a snippet, about; a passage a little longer is shown whole."""

LINK_WORDS = 5
"""Words at a passage's beginning, and at its end, by which a link finds it in its page."""

_SLACK = 1.25
_GAP = "…"


def marked_leaves(tree: Node) -> list[Node]:
    """The words, phrases and patterns of a query that are to be marked: all that it asks for."""
    if isinstance(tree, (Word, Phrase, Expand)):
        return [tree]
    if isinstance(tree, Clauses):
        return [leaf for child in (*tree.must, *tree.should) for leaf in marked_leaves(child)]
    if isinstance(tree, Same):
        return marked_leaves(tree.child)
    return []


def concerns_body(leaf: Node, voice: Voice) -> bool:
    """Whether a leaf may match the body of a passage in this voice."""
    fields: tuple[str, ...] | None = getattr(leaf, "fields", None)
    if fields is None or "body" in fields:
        return True
    return (voice == "own" and "own" in fields) or (voice == "quoted" and "quote" in fields)


def snippet(text: str, leaves: Sequence[Node], voice: Voice = "own", length: int = LENGTH) -> Snippet:
    """The best window of a passage and the spans that matched, in the readable form of the text.

    Spans are ascending and do not overlap; each is exactly a word or phrase that the query asks
    for. Words are never cut; ``…`` stands where text was left out.
    """
    return snippets(text, leaves, voice, length, 1)[0]


def snippets(
    text: str, leaves: Sequence[Node], voice: Voice = "own", length: int = LENGTH, most: int = 1
) -> tuple[Snippet, ...]:
    """Up to ``most`` windows of a passage, the best first, that do not overlap; at least one.

    All but the first hold something that matched. A passage little longer than one is one.
    """
    shown = readable_text(text)
    found = all_occurrences([leaf for leaf in leaves if concerns_body(leaf, voice)], shown)
    spans = _joined(sorted(span for held in found for span in held))
    if len(shown) <= length * _SLACK:
        return (Snippet(shown, tuple(spans)),)
    windows: list[Span] = []
    while len(windows) < most:
        rest = [span for span in spans if not _meets(span, windows)]
        if windows and not rest:
            break
        left = [[span for span in held if not _meets(span, windows)] for held in found]
        start, end = _window(shown, left, rest, length)
        here = rest[0][0] if rest else start
        here = next((a for a, b in rest if start <= a and b <= end), here)
        start = max([start, *(b for _, b in windows if b <= here)])
        end = min([end, *(a for a, _ in windows if a > here)])
        start += len(shown[start:end]) - len(shown[start:end].lstrip())
        windows.append((start, end))
    return tuple(_cut(shown, spans, window) for window in windows)


def _meets(span: Span, windows: list[Span]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in windows)


def _cut(text: str, spans: list[Span], window: Span) -> Snippet:
    """A window of a text as a snippet."""
    start, end = window
    before = _GAP if start > 0 else ""
    after = _GAP if end < len(text) else ""
    shift = len(before) - start
    kept = tuple((a + shift, b + shift) for a, b in spans if a >= start and b <= end)
    return Snippet(before + text[start:end] + after, kept)


def _joined(spans: list[Span]) -> list[Span]:
    """Spans without overlap: where two share a character, one from the first to the last."""
    joined: list[Span] = []
    for start, end in spans:
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _window(text: str, found: list[list[Span]], spans: list[Span], length: int) -> Span:
    """Where the window begins and ends: most different leaves, then most matches, the first of equals."""
    if not spans:
        return 0, _word_end(text, length)
    starts = [[start for start, _ in held] for held in found]
    firsts = [start for start, _ in spans]
    best, best_rank = firsts[0], (-1, -1)
    for first in firsts:
        kinds = sum(bisect_left(held, first) < bisect_right(held, first + length - 40) for held in starts)
        rank = (kinds, bisect_right(firsts, first + length - 40) - bisect_left(firsts, first))
        if rank > best_rank:
            best, best_rank = first, rank
    last = spans[bisect_right(firsts, best + length - 40) - 1][1]
    room = max(0, length - (last - best))
    start = _word_start(text, max(0, best - room // 2))
    end = _word_end(text, max(last, start + length))
    if end == len(text):
        start = _word_start(text, max(0, min(best, end - length)))
    return min(start, best), end


def _word_start(text: str, at: int) -> int:
    """The nearest place at or after ``at`` where a word begins; a sentence's start is preferred."""
    if at == 0:
        return 0
    sentence = max(text.rfind(mark, at, at + 60) for mark in (". ", "? ", "! "))
    if sentence > 0:
        return sentence + 2
    space = text.find(" ", at)
    return space + 1 if 0 <= space < at + 80 else at


def _word_end(text: str, at: int) -> int:
    """The nearest place at or before ``at`` where a word ends, or the end of the text."""
    if at >= len(text):
        return len(text)
    space = text.rfind(" ", 0, at + 1)
    return space if space > at - 80 else at


def lead_of(text: str, before: str) -> str:
    """The words that tell a passage from an earlier place that begins like it; empty where there is none.

    ``before``: what stands before the passage in its document. The words are the last of it.
    """
    words = text.split(None, LINK_WORDS)[:LINK_WORDS]
    if not words or max(words, key=len) not in before:
        return ""
    opening = " ".join(words)
    held = " ".join(before.split())
    return " ".join(held.split(" ")[-LINK_WORDS:]) if opening in held else ""
