"""What in a page of bare paragraphs hints at quotes and at borders: cues, as names with values.

A cue looks at the paragraph itself (``self``), at the one behind it, which would answer it
(``next``), at the one before (``before``), at how they relate, or at the page's habits. Where the
borders between comments are known, no cue looks across one. Nothing here knows which are quotes.

One pass over the page: time and memory are linear in its paragraphs.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate

from essaysearch.voices.openings import REPLIES, VERDICTS
from essaysearch.voices.traits import Traits, traits_of

Cues = dict[str, float]

_WINDOW = 6
"""Paragraphs on either side that count as surroundings."""

_LOGGED = (
    "second person", "we", "third person", "negation", "hedges", "brackets", "ellipses", "quotation marks",
    "question marks", "exclamation marks", "words of saying", "words for posts", "parentheses",
    "first person",
)  # fmt: skip
_RATES = {
    "first person": 0.15, "second person": 0.1, "third person": 0.1, "contractions": 0.1, "commas": 0.15,
    "colons": 0.1, "capitals": 0.5, "digits": 0.3,
}  # fmt: skip
"""Counts that also stand as a share of the words, up to a limit."""
_FLAGS = (
    "own quotation marks", "addresses someone", "names a speaker", "bulleted", "label", "attribution",
    "name line", "introduces", "points at the text", "no letters", "long", "a few words", "smiley", "link",
    "citation", "only a link", "lone address",
)  # fmt: skip


def page_cues(texts: Sequence[str], starts: Sequence[bool] | None = None) -> list[Cues]:
    """The cues of each paragraph of a page, in order; a cue that is not named is 0.

    ``starts`` tells of each paragraph whether a comment begins with it; None where that is not
    known.
    """
    page = _Page([traits_of(text) for text in texts], starts)
    return [dict(page.cues(n)) for n in range(len(texts))]


class _Page:
    """A page's paragraphs with the sums that cues compare a paragraph to."""

    def __init__(self, traits: list[Traits], starts: Sequence[bool] | None) -> None:
        self.traits = traits
        self.known = starts is not None
        self.comment = list(accumulate(map(int, starts))) if starts is not None else [0] * len(traits)
        self.size = Counter(self.comment)
        self.first: dict[int, int] = {}
        for n, comment in enumerate(self.comment):
            self.first.setdefault(comment, n)
        held = Counter(word for trait in traits for word in trait.content)
        # Words that few paragraphs of the page share weigh more; on a short page all weigh alike.
        self.weight = {word: math.log((len(traits) + 30) / count) for word, count in held.items()}
        self.mass = [sum(map(self.weight.__getitem__, trait.content)) for trait in traits]
        self.total: Counter[str] = Counter()
        for trait in traits:
            self.total.update(trait.counts)
            self.total.update(trait.flags)
            self.total["words"] += trait.length
            self.total["letters"] += sum(map(len, trait.words))
        self.repeated = Counter(trait.text for trait in traits)
        self.sums = {
            name: list(accumulate((_surrounding(trait)[name] for trait in traits), initial=0))
            for name in _AROUND
        }

    def near(self, n: int, other: int) -> bool:
        """Whether a cue of paragraph ``n`` may look at paragraph ``other``."""
        return 0 <= other < len(self.traits) and self.comment[n] == self.comment[other]

    def shared(self, a: int, b: int) -> tuple[float, float, float]:
        """Of the words two paragraphs share: cosine, weight of the rarest, weight of all."""
        weights = [self.weight[word] for word in self.traits[a].content & self.traits[b].content]
        if not weights:
            return 0.0, 0.0, 0.0
        return sum(weights) / math.sqrt(self.mass[a] * self.mass[b]), max(weights), sum(weights)

    def cues(self, n: int) -> Iterator[tuple[str, float]]:
        yield from self._place(n)
        yield from self._surroundings(n)
        yield from _seen("self", self.traits[n])
        follows, precedes = self.near(n, n + 1), self.near(n, n - 1)
        if follows:
            yield from _seen("next", self.traits[n + 1])
            yield from self._answer(n)
        else:
            yield "next: none", 1.0
        if precedes:
            yield from _seen("before", self.traits[n - 1])
            yield from self._lead_in(n)
        else:
            yield "before: none", 1.0
        if follows and precedes:
            yield "the paragraphs around share words", self.shared(n - 1, n + 1)[0]
            yield (
                "shares more with the next than with the one before",
                (self.shared(n, n + 1)[0] - self.shared(n - 1, n)[0]),
            )
        for side, other in (("next but one", n + 2), ("last but one", n - 2)):
            if self.near(n, other):
                for flag in ("no letters", "attribution", "label"):
                    if flag in self.traits[other].flags:
                        yield f"{side}: {flag}", 1.0
            else:
                yield f"{side}: none", 1.0
        yield from self._citations(n)
        yield from self._habits(n)

    def _place(self, n: int) -> Iterator[tuple[str, float]]:
        count = len(self.traits)
        yield "page: first paragraph", float(n == 0)
        yield "page: last paragraph", float(n == count - 1)
        yield "page: one or two paragraphs", float(count <= 2)
        yield "page: size", min(math.log(count), 3.0)
        if self.known:
            at, size = n - self.first[self.comment[n]], self.size[self.comment[n]]
            yield "comment: first paragraph", float(at == 0)
            yield "comment: second paragraph", float(at == 1)
            yield "comment: last paragraph", float(at == size - 1)
            yield "comment: only paragraph", float(size == 1)
            yield "comment: place", min(at, 6) / 6
            yield "comment: size", min(math.log(size), 3.0)

    def _surroundings(self, n: int) -> Iterator[tuple[str, float]]:
        low, high = max(0, n - _WINDOW), min(len(self.traits), n + _WINDOW + 1)
        width = max(high - low - 1, 3)
        for name, sums in self.sums.items():
            held = sums[high] - sums[low] - (sums[n + 1] - sums[n])
            yield f"around: {name}", held / width
        others = max(len(self.traits) - 1, 3)
        flags = self.traits[n].flags
        yield (
            "page: paragraphs in quotation marks",
            min(self.total["own quotation marks"] - ("own quotation marks" in flags), 3) / 3,
        )
        yield (
            "page: people addressed by name",
            (self.total["addresses someone"] - ("addresses someone" in flags)) / others,
        )
        script = sum(
            "names a speaker" in self.traits[other].flags
            for other in range(max(0, n - 2), min(len(self.traits), n + 3))
        )
        yield "around: a script", float(script >= 3)

    def _answer(self, n: int) -> Iterator[tuple[str, float]]:
        here, there = self.traits[n], self.traits[n + 1]
        cosine, rarest, weight = self.shared(n, n + 1)
        yield "next: shares words", cosine
        yield "next: shares a rare word", rarest / 5
        yield "next: shares many words", min(weight, 40.0) / 20
        taken_up = here.content & there.lead
        yield "next: first sentence takes words up", min(sum(self.weight[w] for w in taken_up), 30.0) / 15
        yield "next: share of its first sentence taken up", len(taken_up) / max(len(there.lead), 3)
        yield "next: takes words up and negates", float(bool(taken_up) and there.counts["negation"] > 0)
        yield "next: points at a word of this", float(there.refers_to in here.content)
        yield (
            "next: repeats three words in a row",
            min(math.log1p(len(_triples(here) & _triples(there))), 2.0),
        )
        yield "next: longer", _bounded(math.log(there.length / here.length) / 2, 1.5)
        if here.ending == "question mark":
            yield (
                "question, then yes or no",
                float(bool(there.openings & {"yes", "no", "agreement", "disagreement", "because"})),
            )
            yield "question, then a statement", float(bool(there.openings & {"i", "it", "the", "a", "there"}))
        yield (
            "next: more first person",
            _bounded(10 * (_share(there, "first person") - _share(here, "first person"))),
        )
        yield (
            "next: more contractions",
            _bounded(10 * (_share(there, "contractions") - _share(here, "contractions"))),
        )
        yield "next: shorter words", _word_length(here) - _word_length(there)
        if there.counts["first person"] and not here.counts["first person"]:
            yield "no I here, I in the next", 1.0
        if there.openings & REPLIES:
            yield "next: opens like an answer", 1.0
        if there.openings & VERDICTS:
            yield "next: opens with a verdict", 1.0
        if here.ending in ("no mark", "ellipsis", "comma") and there.beginning == "capital":
            yield "breaks off, the next begins anew", 1.0
        if here.sentences <= 1 < there.sentences:
            yield "one sentence, the next has more", 1.0
        if (
            here.counts["curly"] + here.counts["straight"]
            and there.counts["curly"] + there.counts["straight"]
        ):
            yield "other apostrophes than the next", float(_curly(here) != _curly(there))

    def _lead_in(self, n: int) -> Iterator[tuple[str, float]]:
        before, here = self.traits[n - 1], self.traits[n]
        cosine, rarest, _ = self.shared(n - 1, n)
        yield "before: shares words", cosine
        yield "before: shares a rare word", rarest / 5
        yield "before: shorter", _bounded(math.log(here.length / before.length) / 2, 1.5)
        if before.ending == "colon":
            bulleted = "bulleted" in here.flags
            yield "before: announces, with a word of saying", float("introduces" in before.flags)
            yield "before: announces a list", float("listing" in before.flags)
            yield "before: a short announcement", float(before.length <= 8)
            yield "announced, and bulleted", float(bulleted)
            yield "announced, and begins small", float(here.beginning == "small letter")
            yield "before: announces, no list", float("listing" not in before.flags and not bulleted)

    def _citations(self, n: int) -> Iterator[tuple[str, float]]:
        lower = self.traits[n].lower
        for name, others in (
            ("the next puts words of this in quotation marks", range(n + 1, n + 2)),
            ("a later one puts words of this in quotation marks", range(n + 2, n + 6)),
            ("an earlier one puts words of this in quotation marks", range(n - 5, n)),
        ):
            found = sum(
                string in lower
                for other in others
                if self.near(n, other)
                for string in self.traits[other].cited
            )
            yield name, float(min(found, 2))

    def _habits(self, n: int) -> Iterator[tuple[str, float]]:
        here, count = self.traits[n], len(self.traits)
        rest = {name: self.total[name] - here.counts[name] for name in _MARKS}
        if here.counts["curly"] and not here.counts["straight"]:
            yield (
                "curly quotes, the page has straight ones",
                float(rest["straight"] > max(2, 3 * rest["curly"])),
            )
        if here.counts["straight"] and not here.counts["curly"]:
            yield (
                "straight quotes, the page has curly ones",
                float(rest["curly"] > max(2, 3 * rest["straight"])),
            )
        if count > 2:
            yield "dashes, the page has none", float(here.counts["dashes"] > 0 and not rest["dashes"])
            yield (
                "hyphens for dashes, the page has none",
                float(here.counts["hyphens for dashes"] > 0 and not rest["hyphens for dashes"]),
            )
            words = max(self.total["words"] - here.length, 1)
            for name in ("first person", "contractions"):
                usual = (self.total[name] - here.counts[name]) / words
                yield f"{name}: more than the page", _bounded(10 * (_share(here, name) - usual))
            letters = (self.total["letters"] - sum(map(len, here.words))) / words
            yield "longer words than the page", _bounded(_word_length(here) - letters, 2.0)
        spaces, usual_spaces = here.counts, rest
        if (
            spaces["single spaces"] + spaces["double spaces"]
            and rest["single spaces"] + rest["double spaces"]
        ):
            yield (
                "other spacing than the page",
                float(
                    (spaces["double spaces"] > spaces["single spaces"])
                    != (usual_spaces["double spaces"] > usual_spaces["single spaces"])
                ),
            )
        yield "repeated on the page", float(self.repeated[here.text] > 1 and here.length > 1)


_MARKS = ("curly", "straight", "dashes", "hyphens for dashes", "double spaces", "single spaces")
_AROUND = ("in quotation marks", "addresses", "announcements", "bullets", "short paragraphs", "ellipses")


def _surrounding(trait: Traits) -> dict[str, int]:
    return {
        "in quotation marks": "own quotation marks" in trait.flags,
        "addresses": "addresses someone" in trait.flags,
        "announcements": trait.ending == "colon",
        "bullets": "bulleted" in trait.flags,
        "short paragraphs": trait.length < 12,
        "ellipses": "ellipsis" in (trait.ending, trait.beginning),
    }


def _seen(side: str, trait: Traits) -> Iterator[tuple[str, float]]:
    """What a paragraph shows by itself, as cues of ``side``."""
    yield f"{side}: ends with {trait.ending}", 1.0
    yield f"{side}: begins with {trait.beginning}", 1.0
    for flag in _FLAGS:
        if flag in trait.flags:
            yield f"{side}: {flag}", 1.0
    if side != "before":
        for opening in sorted(trait.openings) or ["something else"]:
            yield f"{side}: opens with {opening}", 1.0
    yield f"{side}: length", math.log(trait.length) / 3
    yield f"{side}: sentences", math.log(trait.sentences) / 2
    yield f"{side}: words a sentence", math.log(trait.length / trait.sentences) / 3
    if trait.sentences <= 1:
        yield f"{side}: one sentence", 1.0
    if not trait.counts["first person"]:
        yield f"{side}: no first person", 1.0
    for name in _LOGGED:
        if trait.counts[name]:
            yield f"{side}: {name}", min(math.log1p(trait.counts[name]), 1.6)
    for name, limit in _RATES.items():
        if trait.counts[name]:
            yield f"{side}: share of {name}", min(_share(trait, name), limit) / limit
    yield f"{side}: word length", _word_length(trait) - 4.5


def _share(trait: Traits, name: str) -> float:
    return trait.counts[name] / trait.length


def _word_length(trait: Traits) -> float:
    return sum(map(len, trait.words)) / trait.length if trait.words else 4.5


def _curly(trait: Traits) -> bool:
    return trait.counts["curly"] > trait.counts["straight"]


def _triples(trait: Traits) -> set[tuple[str, str, str]]:
    words = trait.words
    return set(zip(words, words[1:], words[2:], strict=False))


def _bounded(value: float, limit: float = 1.0) -> float:
    return max(-limit, min(limit, value))
