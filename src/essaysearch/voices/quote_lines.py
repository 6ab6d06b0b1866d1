"""Lines of plain text and how deep each is quoted: every style of marks that mail and forums know.

``>`` in all spacings, ``|`` and ``: `` and ``#`` where they are used as marks, initials (``AK>``),
the heads that Emacs writes (``>>>>> "AK" == Ada King``), ``[quote]`` tags, and the stray ends of
lines that a mail program wrapped after they had been marked. Time is linear in the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

from essaysearch.voices.intros import intro_ending_at, person

# Not marks: ">=", ">!" (a spoiler), an unhappy face, an arrow's head.
_MARKS = re.compile(r"(?:[ \t]{0,8}>(?![!=]|:-?[()\[]))+[ \t]?")
_ODD = frozenset("|:#%}")
_ORIGINAL = re.compile(r"-+\s*Original Message|From:\s", re.IGNORECASE)
_TAG = re.compile(r"[ \t]{0,8}([A-Za-z][A-Za-z.'-]{0,14})(>+)[ \t]?")
_PROMPTS = frozenset("R r S SQL sql mysql PS C D julia ghci irb sage gdb db sqlite ftp scala iex".split())
_HEAD = re.compile(
    r"\"?(?P<tag>[^\"=]{1,20}?)\"?\s*==\s*(?P<name>.*?)(?:\s+on\s.{0,60})?(?:\s+(?:writes|wrote|said)\s*:?)?\s*$"
    r"|(?P<plain>.*?)\s*(?:,|\bon\b.{0,60})?\s*(?:writes|wrote|said)\s*:$"
)
_SAYING = ("writes:", "wrote:", "said:")
_QUOTE_TAG = re.compile(r"\[quote(?P<of>[=\s:][^\]\n]{0,200})?\]|\[/quote(?::[0-9a-f]+)?\]", re.IGNORECASE)
_QUOTE_OF = re.compile(
    r"""(?:=|\s(?:author|name|user)=)\s*(?:"(?P<a>[^"]+)"?|'(?P<b>[^']+)'?|&quot;(?P<c>.+?)&quot;|(?P<d>[^;\]]+))""",
    re.IGNORECASE,
)
_QUOTE_REST = re.compile(
    r",\s*(?:post|topic|username|full)\s*:|\s+(?:pid|link|date|dateline|post|timestamp)="
)
_ENDS_SENTENCE = (".", "?", "!", ":", ";")
_LONGEST_STRAY = 30
# Longer lines (RFC 5322, 2.1.1) no mail program makes.
_SHORTEST_WRAPPED, _SHORTEST_SPACED, _LONGEST_WRAPPED = 66, 50, 998


@dataclass(slots=True)
class Lines:
    """A text's lines without their marks: ``text[i]`` is left of ``whole[i]`` and ``depth[i]`` levels deep.

    ``start`` are the places of the lines in the text, where they are not simply one after the
    other. ``spoken`` names the speaker of lines that carry their own tag. ``heads`` are introductions
    already understood: first line to (number of lines, speaker). ``glued`` lines continue the
    one before. ``tags`` are pieces that are nothing but a ``[quote]`` tag.
    """

    text: list[str]
    depth: list[int]
    whole: list[str]
    start: list[int] = field(default_factory=list)
    spoken: dict[int, str | None] = field(default_factory=dict)
    heads: dict[int, tuple[int, str | None]] = field(default_factory=dict)
    glued: set[int] = field(default_factory=set)
    tags: set[int] = field(default_factory=set)

    def next_depth(self, at: int) -> int:
        """The depth of the first line after ``at`` that is not empty; -1 at the end."""
        for later in range(at + 1, len(self.text)):
            if self.text[later]:
                return self.depth[later]
        return -1

    def starts(self) -> list[int]:
        """Where each line begins in the text."""
        if self.start:
            return self.start
        return [0, *accumulate(len(line) + 1 for line in self.whole)]


def quoted_lines(raw: str) -> Lines:
    """The lines of a text with their depth of quotation; ends of lines are ``\\n``."""
    if "[/" in raw and (tags := _paired_tags(raw)):
        lines = _cut_at_tags(raw, tags)
    else:
        pieces = raw.split("\n")
        lines = Lines([piece.rstrip() for piece in pieces], [0] * len(pieces), pieces)
    marks = raw.count(">")
    if marks:
        _take_marks(lines, range(len(lines.text)))
        # Where every mark has been taken no line can have initials before one.
        if sum(lines.depth) < marks:
            names = _emacs_heads(lines) if ">>>>>" in raw else {}
            if tagged := [i for i, line in enumerate(lines.text) if ">" in line[:24]]:
                _take_initials(lines, names, tagged)
        elif ">>>>>" in raw:
            _emacs_heads(lines)
    odd = [i for i, line in enumerate(lines.text) if line[:1] in _ODD]
    for _ in range(4):
        odd = _take_odd_marks(lines, odd) if odd else odd
        _take_marks(lines, odd)
    if any(lines.depth):
        _mend_wraps(lines)
    return lines


def _take_marks(lines: Lines, which: range | list[int]) -> None:
    text, depth, match = lines.text, lines.depth, _MARKS.match
    for i in which:
        line = text[i]
        opening = line[:2]
        if opening == "> " and line[2:3] > "@":
            # By far the most frequent form: one mark, a space, a letter.
            depth[i] += 1
            text[i] = line[2:]
        elif ">" in line and (opening[0] in "> \t") and (marks := match(line)):
            end = marks.end()
            depth[i] += line.count(">", 0, end)
            text[i] = line[end:]


def _emacs_heads(lines: Lines) -> dict[str, str]:
    """Takes five of the marks off the heads that Emacs writes; gives the names that tags stand for."""
    text, depth = lines.text, lines.depth
    names: dict[str, str] = {}
    end = 0
    for i in [at for at, level in enumerate(depth) if level >= 5 and text[at]]:
        if i < end:
            continue
        end = i + 1
        while end < min(i + 3, len(text)) and depth[end] == depth[i] and text[end]:
            end += 1
        for stop in range(end, i, -1):
            joined = " ".join([line.strip() for line in text[i:stop]])
            if len(joined) >= 200 or ("==" not in joined and not joined.endswith(_SAYING)):
                continue
            head = _HEAD.match(joined)
            if head:
                speaker = person(head["name"] if head["tag"] else head["plain"])
                if head["tag"] and speaker:
                    names[head["tag"].strip()] = speaker
                for at in range(i, stop):
                    depth[at] -= 5
                lines.heads[i] = (stop - i, speaker)
                end = stop
                break
    return names


def _take_initials(lines: Lines, names: dict[str, str], which: list[int]) -> None:
    """Marks such as ``AK>``: tags that a head explained, or that stand before several lines."""
    found: dict[str, list[tuple[int, int, int]]] = {}
    for i in which:
        if match := _TAG.match(lines.text[i]):
            found.setdefault(match[1], []).append((i, len(match[2]), match.end()))
    for tag, places in found.items():
        known = tag in names
        if not known and (tag in _PROMPTS or len(tag) < 2 or len(places) < 2 or tag.islower()):
            continue
        speaker = names.get(tag, tag)
        for i, deeper, end in places:
            lines.depth[i] += deeper
            lines.text[i] = lines.text[i][end:].rstrip()
            if deeper == 1:
                lines.spoken[i] = speaker
    if found:
        _take_marks(lines, [i for places in found.values() for i, _, _ in places if i in lines.spoken])


def _take_odd_marks(lines: Lines, which: list[int]) -> list[int]:
    """Takes one level of marks other than ``>`` off the runs of lines that carry it; gives those lines."""
    text, depth = lines.text, lines.depth
    changed: list[int] = []
    accepted: set[tuple[int, str]] = set()
    end = 0
    for i in which:
        mark = text[i][:1]
        if i < end or mark not in _ODD:
            continue
        end = i + 1
        while end < len(text) and text[end][:1] == mark and depth[end] == depth[i]:
            end += 1
        if (depth[i], mark) in accepted or _is_quotation(lines, i, end, mark):
            accepted.add((depth[i], mark))
            for at in range(i, end):
                depth[at] += 1
                text[at] = text[at][2:] if text[at][1:2] in (" ", "\t") else text[at][1:]
                changed.append(at)
    return changed


def _is_quotation(lines: Lines, first: int, end: int, mark: str) -> bool:
    """Whether a run of lines that open with an odd mark is quoted: it is introduced, or plainly looks so."""
    text, depth = lines.text, lines.depth
    if _ORIGINAL.match(text[first][1:].lstrip()):
        return True
    before = first - 1
    while before >= 0 and not text[before]:
        before -= 1
    if before >= 0 and depth[before] == depth[first] and text[before].endswith((":", "：")):
        top = before
        while top > max(0, before - 3) and text[top - 1] and depth[top - 1] == depth[before]:
            top -= 1
        if intro_ending_at(text, before, top):
            return True
    run = text[first:end]
    if mark not in "|:" or len(run) < 3:
        return False
    # A box has its mark on both sides, a table in the middle, a directive twice.
    spaced = sum(line[1:2] in ("", " ", "\t") for line in run)
    boxed = sum(line[-1:] == mark != line or line.count("|") > 2 or line[:2] == "::" for line in run)
    return spaced == len(run) and boxed * 4 <= len(run)


def _mend_wraps(lines: Lines) -> None:
    """Ends of quoted lines that were wrapped onto a line of fewer marks go back to where they belong."""
    text, depth = lines.text, lines.depth
    for i in [at for at, (above, here) in enumerate(pairwise(depth), 1) if here < above]:
        before, line = text[i - 1], text[i]
        if not line or not before or len(line) > _LONGEST_STRAY:
            continue
        above = lines.whole[i - 1]
        shortest = _SHORTEST_SPACED if above.endswith(" ") else _SHORTEST_WRAPPED
        if not shortest <= len(above) <= _LONGEST_WRAPPED or before.endswith(_ENDS_SENTENCE):
            continue
        if i in lines.heads or i - 1 in lines.heads:
            continue
        goes_on = i + 1 < len(text) and depth[i + 1] >= depth[i - 1]
        ends = i + 1 == len(text) or not text[i + 1]
        opens_low = line[0].islower() or line[0].isdigit()
        if (goes_on and (opens_low or not line.endswith(_ENDS_SENTENCE))) or (ends and line[0].islower()):
            depth[i] = depth[i - 1]
            if i - 1 in lines.spoken:
                lines.spoken[i] = lines.spoken[i - 1]
            lines.glued.add(i)


def _paired_tags(raw: str) -> list[re.Match[str]]:
    """The ``[quote]`` and ``[/quote]`` tags that have a partner, in order."""
    paired: list[re.Match[str]] = []
    open_tags: list[re.Match[str]] = []
    for match in _QUOTE_TAG.finditer(raw):
        if match.group()[1] != "/":
            open_tags.append(match)
        elif open_tags:
            paired += (open_tags.pop(), match)
    return sorted(paired, key=lambda match: match.start())


def _cut_at_tags(raw: str, tags: list[re.Match[str]]) -> Lines:
    lines = Lines([], [], [])
    speakers: list[str | None] = []

    def add(start: int, end: int) -> None:
        for piece in raw[start:end].split("\n"):
            if speakers and piece.strip():
                lines.spoken[len(lines.text)] = speakers[-1]
            lines.text.append(piece.rstrip())
            lines.depth.append(len(speakers))
            lines.whole.append(piece)
            lines.start.append(start)
            start += len(piece) + 1

    at = 0
    for tag in tags:
        add(at, tag.start())
        lines.tags.add(len(lines.text))
        lines.text.append("")
        lines.depth.append(len(speakers))
        lines.whole.append(tag.group())
        lines.start.append(tag.start())
        if tag.group()[1] == "/":
            speakers.pop()
        else:
            speakers.append(_tag_speaker(tag["of"] or ""))
        at = tag.end()
    add(at, len(raw))
    return lines


def _tag_speaker(of: str) -> str | None:
    match = _QUOTE_OF.match(of) or _QUOTE_OF.search(of)
    if not match:
        return None
    name = next(part for part in match.groups() if part)
    return _QUOTE_REST.split(name)[0].strip(" \"'") or None
