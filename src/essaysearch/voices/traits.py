"""What one paragraph shows by itself: how it begins and ends, whom it addresses, how it is punctuated.

The readings are plain counts and classes over ASCII-folded lower-case text. They are the raw
material of `cues`, which relates a paragraph to its neighbours and its page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from essaysearch.text.analysis import STOP_WORDS, stem
from essaysearch.voices.openings import COUNTED, INTRODUCES, LISTS, OPENINGS, POINTS_AT_TEXT, POINTS_WITH

_APOSTROPHES = str.maketrans("’‘", "''")
_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)*")
_SENTENCE_END = re.compile(r"[.!?]+[\"”')\]]*(?=\s|$)")
_IN_QUOTES = re.compile(r"\"([^\"]{4,300})\"|'([^']{12,200})'")
_ADDRESS = re.compile(r"@?[A-Z][\w.]+(?: [A-Z][\w.]+)?(?:,|:| -|—) ")
_SPEAKER = re.compile(r"[A-Z][\w.'-]*(?: [A-Z(][\w.')-]*){0,3}: ")
_NO_NAMES = frozenset(
    """also actually additionally alas although anyway apparently basically but certainly clearly
    consequently essentially finally first firstly fortunately further furthermore generally hence
    historically hmm honestly however ideally incidentally indeed instead interestingly last lastly likewise
    maybe meanwhile moreover naturally next no notably now obviously of ok okay on oh perhaps personally
    presumably primarily probably regardless sadly second secondly seriously similarly simply so sometimes
    still surely sure then there therefore third thirdly though thus true ultimately unfortunately usually
    well yeah yes yet in for""".split()
)
"""What stands before a comma at the start of a sentence and is nobody's name."""
_LONE_ADDRESS = re.compile(r"@?[\w .,'’-]{2,40}[:,]")
_ATTRIBUTION = re.compile(r"(?:--|—|–|-|~)\s*\w")
_NAME_LINE = re.compile(r"(?:[A-Z][\w.]*[ ,]*){1,5}(?:\(?\d{4}\)?)?[^a-z]*")
_CITATION = re.compile(r"\([A-Z][^()]{0,60}\d{4}[^()]{0,20}\)\s*$|\(ref\)|\([A-Z][A-Za-z ]{8,80}\)\s*$")
_BRACKET = re.compile(r"\[[^\]]{0,40}\]")
_ELLIPSIS = re.compile(r"\.\.\.|…|\. \. \.")
_LINK = re.compile(r"https?://|www\.")
_ONLY_LINK = re.compile(r"\W*(?:https?://|www\.)\S+\W*")
_SMILEY = re.compile(r"(?:^|\s)[:;]-?[)(DPp]")
_NUMBERED = re.compile(r"\(?[0-9a-z]{1,2}[.)]")
_LETTERS = re.compile(r"[^\W\d_]{2}|[^\W\d_]\W*[^\W\d_]\W*[^\W\d_]")
_CAPITALISED = re.compile(r"\b[A-Z][a-z]")

_OPENINGS = tuple((name, re.compile(pattern)) for name, pattern in OPENINGS.items())

_ENDINGS = {
    ".": "full stop", "?": "question mark", "!": "exclamation mark", ":": "colon", ")": "parenthesis",
    "]": "bracket", '"': "quotation mark", "”": "quotation mark", "'": "quotation mark",
    "’": "quotation mark", ",": "comma", ";": "comma", "-": "comma", "—": "comma", "–": "comma",
}  # fmt: skip
_BEGINNINGS = {
    "[": "bracket", "(": "parenthesis", '"': "quotation mark", "“": "quotation mark",
    "•": "bullet", "*": "bullet", "-": "bullet", "–": "bullet", "—": "bullet",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Traits:
    """A paragraph as its cues see it.

    ``words`` are lower-case words; ``content`` the stems of those that are no stop words, and
    ``lead`` those of the first sentence. ``counts`` follow `COUNTED` and hold a few marks beside;
    ``flags`` are the names of what holds; ``openings`` are names of `OPENINGS`. ``cited`` are
    strings that stand in quotation marks; ``refers_to`` is the stem of the noun that an opening
    "this …" or "your …" points with, or "".
    """

    text: str
    lower: str
    words: tuple[str, ...]
    sentences: int
    content: frozenset[str]
    lead: frozenset[str]
    ending: str
    beginning: str
    openings: frozenset[str]
    flags: frozenset[str]
    counts: dict[str, int]
    cited: tuple[str, ...]
    refers_to: str

    @property
    def length(self) -> int:
        """Words, at least 1."""
        return max(1, len(self.words))


def traits_of(text: str) -> Traits:
    """The traits of one paragraph; linear in its length. Any text will do, also an empty one."""
    stripped = text.strip()
    lower = stripped.lower().translate(_APOSTROPHES)
    words = tuple(_WORD.findall(lower))
    ends = list(_SENTENCE_END.finditer(lower))
    lead = lower[: ends[0].end()] if ends else lower
    ending, beginning = _ending(stripped), _beginning(stripped)
    openings = frozenset(name for name, pattern in _OPENINGS if pattern.match(lower))
    counts = {name: len(pattern.findall(lower)) for name, pattern in COUNTED.items()}
    counts |= _marks(stripped)
    refers = POINTS_WITH.match(lower)
    straight = lower.replace("“", '"').replace("”", '"')
    cited = tuple((a or b).strip(" .,!?") for a, b in _IN_QUOTES.findall(straight))
    return Traits(
        text=stripped,
        lower=lower,
        words=words,
        sentences=max(1, len(ends)),
        content=_content(words),
        lead=_content(_WORD.findall(lead)),
        ending=ending,
        beginning=beginning,
        openings=openings,
        flags=frozenset(_flags(stripped, lower, words, ending, beginning)),
        counts=counts,
        cited=tuple(string for string in cited if len(string) >= 4),
        refers_to=stem(refers.group(1)) if refers else "",
    )


def _content(words: tuple[str, ...] | list[str]) -> frozenset[str]:
    kept = {word.partition("'")[0] for word in words if word not in STOP_WORDS}
    return frozenset(stem(word) for word in kept if len(word) > 1 and word not in STOP_WORDS)


def _ending(text: str) -> str:
    if text.endswith(("...", "..", "…")):
        return "ellipsis"
    return _ENDINGS.get(text[-1:], "no mark")


def _beginning(text: str) -> str:
    if text.startswith(("...", "…")):
        return "ellipsis"
    first = text[:1]
    if first in _BEGINNINGS:
        return _BEGINNINGS[first]
    if first.islower() and not _NUMBERED.match(text):
        return "small letter"
    return "number" if _NUMBERED.match(text) or first.isdigit() else "capital" if first.isupper() else "other"


def _marks(text: str) -> dict[str, int]:
    return {
        "brackets": _put_in(text),
        "ellipses": len(_ELLIPSIS.findall(text[:-1])),
        "quotation marks": text.count('"') + text.count("“"),
        "question marks": text.count("?"),
        "exclamation marks": text.count("!"),
        "parentheses": text.count("("),
        "commas": text.count(","),
        "colons": text.count(":") + text.count(";"),
        "capitals": len(_CAPITALISED.findall(text)),
        "digits": sum(word.isdigit() for word in text.split()),
        "curly": text.count("’") + text.count("“") + text.count("”"),
        "straight": text.count("'") + text.count('"'),
        "dashes": text.count("—") + text.count("–"),
        "hyphens for dashes": text.count("--") + text.count(" - "),
        "double spaces": len(re.findall(r"[.?!]  \S", text)),
        "single spaces": len(re.findall(r"[.?!] \S", text)),
    }


def _put_in(text: str) -> int:
    """How often words stand in brackets, as a quoter puts them in; none where most of it is brackets."""
    found = _BRACKET.findall(text)
    return len(found) if 2 * sum(map(len, found)) < len(text) else 0


def _flags(text: str, lower: str, words: tuple[str, ...], ending: str, beginning: str) -> list[str]:
    count = len(words)
    held = {
        "own quotation marks": beginning == "quotation mark" and ending == "quotation mark" and len(text) > 2,
        "addresses someone": bool(_ADDRESS.match(text)) and (not words or words[0] not in _NO_NAMES),
        "names a speaker": bool(_SPEAKER.match(text)),
        "lone address": count <= 4 and bool(_LONE_ADDRESS.fullmatch(text)),
        "bulleted": beginning in ("bullet", "number") or "•" in text,
        "label": ending == "no mark" and count <= 8,
        "attribution": count <= 12 and bool(_ATTRIBUTION.match(text)),
        "name line": count <= 7 and bool(_NAME_LINE.fullmatch(text)),
        "citation": bool(_CITATION.search(text)),
        "listing": bool(LISTS.search(lower[-120:])),
        "no letters": not _LETTERS.search(text),
        "link": bool(_LINK.search(text)),
        "only a link": bool(_ONLY_LINK.fullmatch(text)),
        "smiley": bool(_SMILEY.search(text)),
        "long": count > 100,
        "a few words": count <= 6,
        "introduces": bool(INTRODUCES.search(lower)),
        "points at the text": bool(POINTS_AT_TEXT.search(lower[:160])),
    }
    return [name for name, holds in held.items() if holds]
