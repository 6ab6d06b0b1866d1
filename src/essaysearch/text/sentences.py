"""Where sentences end and list items begin.

Most ends are plain: a full stop behind an ordinary word, a capital after the space. A pattern
finds those at the speed of a search. What never ends a sentence ("e.g.", "et al.", an initial)
stands in small tables. The doubtful rest ("etc. The", "U.S. He", "... And") is judged by Punkt's
rule, with a table of our own of words that begin sentences. (Punkt itself comes with all of NLTK,
whose import takes longer than cutting thousands of texts.)
"""

from __future__ import annotations

import re

LONGEST_SENTENCE = 20_000
"""Characters. A "sentence" beyond this is no prose; it is cut at spaces (or, without any, here)."""

_BULLET = r"[ \t]*(?:[•◦▪‣·*+–-]|\(?(?:\d{1,3}|[a-z]|[ivx]{1,4})[.)])[ \t]+(?=\S)"
BULLET = re.compile(_BULLET)
"""What opens an item of a list in plain text, at the start of its line."""

_ITEM = re.compile(rf"(?:\A|(?<=\n)){_BULLET}")
_LINE = re.compile(r"[^\n]*\S[^\n]*")
# A mark with what can stand behind an end; of a run of marks the last. Begins with one class of
# characters, which a search passes over the rest of a text with.
_MARK = re.compile(r"""[.?!…。！？](?:(?<=[.?!…])(?=[\s"'”’»)\]*_}\[])|(?<=[。！？])[。！？]*[”』」）"']*)""")
_BEHIND = re.compile(r"""["'”’»)\]*_}]*(?:\[\d+\])*(\s+)""")
_MARKS, _WIDE_MARKS = ".?!…", "。！？"
_OPENS = re.compile(r"""["'“‘«(\[*_{]*""")
_CUT_SPAN = re.compile(r"\S(?:.{0,1200}\S)?(?=\s|\Z)|\S{1,20000}", re.DOTALL)
_DOTTED = re.compile(r"(?:[^\W\d_]{1,2}\.)+[^\W\d_]")
_INITIAL = re.compile(r"(?:[^\W\d_]\.-?)*[^\W\d_]")
_FIRST_WORD = re.compile(r"([^\W\d_]+)(?=[\s)\";}\]*:@'’({\[?!…]|\Z|[,.](?![^\W_])|--)")
_OPENING_MARKS = "\"'“‘«([*_{"
_OPENING = "\"'“‘«(*_{["
# Where no sentence begins with a capital (old abstracts, hurried chat), small letters begin them.
_CAPITAL_START = re.compile(r"""[.?!]["'”’)\]]*\s+["'“‘(\[]*[A-ZÀ-ÖØ-ÞА-ЯΑ-Ω]""")

# Nothing ends here, whatever follows.
_NEVER = frozenset(
    """e.g i.e eg ie viz cf vs al et ca approx resp fig figs eq eqs eqn eqns sec secs sect sects ch chap chs
    vol vols nr nos pp w.r.t i.i.d a.k.a s.t p.s no.s incl esp""".split()
)
# No end before a number: "no. 5", "art. 3", "Jan. 7"; before a word they end like any other.
_BEFORE_NUMBER = frozenset(
    """no art def defs prop props cor ref refs app ex tab thm thms lem alg algs rem par lect
    jan feb mar apr jun jul aug sep sept oct nov dec""".split()
)
# Titles, in upper case only: "Gen. Smith", but "the next gen. Smith".
_TITLES = frozenset("Mr Mrs Ms Dr Prof St Mt Rev Hon Capt Lt Sgt Gov Gen Sen Rep Col Messrs Mme Mlle".split())
# Perhaps an end: what follows decides. So for "U.S." and the like, ellipses and addresses.
_PERHAPS = frozenset("etc inc ltd co corp jr sr ph.d ed eds dept univ est min max avg".split())
_DOUBTFUL = _NEVER | _PERHAPS | {title.lower() for title in _TITLES}
_BEFORE = 60
"""Characters before a mark that are looked at."""

_STARTERS = frozenset(
    """the this that these those there here then thus therefore hence we they he she it i you one in on at for
    as by from with without to but and so if when while where however moreover furthermore although though
    because since after before during our my his her its their your a an some many most all no not yet even
    finally first second third overall what why how who which unlike despite given instead perhaps also
    another each both such let is are was were do does did can could will would should maybe now""".split()
)


def sentences(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """The sentences of ``text[start:end]`` as ranges, in order, without the spaces around them.

    Every character that is no space lies in exactly one of them. Linear in the text; a sentence
    of more than `LONGEST_SENTENCE` characters is cut at spaces.
    """
    end = len(text) if end is None else end
    found: list[tuple[int, int]] = []
    begin = first = _skip_spaces(text, start, end)
    lower = not _CAPITAL_START.search(text, begin, end)
    for match in _MARK.finditer(text, begin, end):
        mark = match.start()
        if mark + 2 < end and _ends_plainly(text, begin, mark):
            stop, following = mark + 1, mark + 2
        elif text[mark] in _WIDE_MARKS:
            stop = following = match.end()
            if following >= end:
                continue
        else:
            behind = _BEHIND.match(text, mark + 1, end)
            if behind is None or behind.end() >= end:
                continue
            stop, following = behind.span(1)
            while mark and text[mark - 1] in _MARKS:
                mark -= 1
            if mark < first or not _breaks(text, begin, mark, following, lower):
                continue
        _append(found, text, begin, stop)
        begin = _skip_spaces(text, following, end)
    begin, end = trimmed(text, begin, end)
    if begin < end:
        _append(found, text, begin, end)
    return found


def items(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The items of a list, cut where a line opens with a bullet or number; by lines where none does."""
    part = text[start:end]
    at = [match.start() for match in _ITEM.finditer(part)]
    if not at:
        return lines(text, start, end)
    if part[: at[0]].strip():
        at.insert(0, 0)
    ranges = zip(at, [*at[1:], len(part)], strict=True)
    return [trimmed(text, start + first, start + last) for first, last in ranges]


def lines(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The lines of the range that hold more than spaces, without the spaces around them."""
    return [trimmed(text, *match.span()) for match in _LINE.finditer(text, start, end)]


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The range without the spaces around it; empty where it holds nothing else."""
    start = _skip_spaces(text, start, end)
    return start, start + len(text[start:end].rstrip()) if text[end - 1 : end].isspace() else end


def _skip_spaces(text: str, start: int, end: int) -> int:
    while start < end and text[start].isspace():
        start += 1
    return start


def _append(found: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    if end - start <= LONGEST_SENTENCE:
        found.append((start, end))
        return
    found.extend(match.span() for match in _CUT_SPAN.finditer(text, start, end))


def _ends_plainly(text: str, begin: int, mark: int) -> bool:
    """Whether it is plain that a sentence ends: a full stop, an ordinary word before, a capital behind.

    What `_breaks` would say as well, and much later.
    """
    if text[mark : mark + 2] != ". " or not "A" <= text[mark + 2] <= "Z":
        return False
    begin = max(begin, mark - _BEFORE)
    word = text[max(begin, text.rfind(" ", begin, mark) + 1) : mark]
    return len(word) > 1 and word.isalpha() and word.lower() not in _DOUBTFUL


def _breaks(text: str, begin: int, mark: int, following: int, lower: bool) -> bool:
    """Whether a sentence begun at ``begin`` ends at ``mark``; the next word stands at ``following``."""
    first = text[following]
    if first in _OPENING_MARKS:
        opened = _OPENS.match(text, following)
        at = opened.end() if opened else following
        first = text[at : at + 1]
    if not lower and first.islower():
        return False
    if text[mark] in "?!":
        return True
    before = text[max(begin, mark - _BEFORE) : mark]
    token = "" if not before or before[-1].isspace() else before.rsplit(None, 1)[-1].lstrip(_OPENING)
    if text[mark] == "…" or text[mark + 1] == ".":
        return _starts_sentence(text, following)
    if token.isdigit():
        # "1. First" numbers an item; "in 2019. 20 people" leaves no sure sign.
        return mark - len(token) > begin + 1 and not first.isdigit()
    return _stop_ends(token, text, following, first)


def _stop_ends(token: str, text: str, following: int, first: str) -> bool:
    """Whether a full stop behind ``token`` ends a sentence; the next word opens with ``first``."""
    folded = token.lower()
    if folded in _NEVER or token in _TITLES or (folded in _BEFORE_NUMBER and first.isdigit()):
        return False
    if folded in _PERHAPS:
        return _starts_sentence(text, following)
    if len(token) > 1 and token.isalpha():
        return True
    if "://" in token or token.startswith("www.") or _DOTTED.fullmatch(token):
        return _starts_sentence(text, following)
    return not _INITIAL.fullmatch(token)


def _starts_sentence(text: str, at: int) -> bool:
    """Whether the word at ``at``, behind an abbreviation or dots, begins a sentence.

    Punkt's rule for a text of which nothing was learnt (Kiss and Strunk 2006, section 4.2): a word
    that often begins sentences does so where it stands capitalised.
    """
    word = _FIRST_WORD.match(text, at, at + 40)
    return word is not None and word[1][0].isupper() and word[1].lower() in _STARTERS
