"""Runs of lines that are quoted equally deep: the quick way through the usual marks.

Most messages hold nothing but ``> `` in its usual spellings; one pass of one pattern cuts those.
Any other message goes through `quote_lines`, line by line, to the same runs.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from essaysearch.voices.intros import intro_ending_at
from essaysearch.voices.quote_lines import Lines, quoted_lines

HEAD, TAG = "head", "tag"


class Run(NamedTuple):
    """Lines of one depth between empty lines or changes of depth, without their marks.

    ``speaker`` names whom the lines' own tag names. ``kind`` is ``head`` where they are an
    introduction already understood (of ``speaker``), ``tag`` where they are a ``[quote]`` tag.
    ``numbers`` are the lines of the whole text at which its lines begin, and the one at which it
    ends (empty where nobody asked).
    ``after_blank``: an empty line stands before it.
    """

    level: int
    text: str
    after_blank: bool
    speaker: str | None = None
    kind: str = ""
    numbers: tuple[int, ...] = ()


_PLAIN = r"(?![ \t]*>)"
_STYLES = (("p1", "> ", 1), ("p2", ">> ", 2), ("s2", "> > ", 2), ("p3", ">>> ", 3), ("s3", "> > > ", 3))
_TOKEN = re.compile(
    r"(?P<own>(?:^(?![ \t]*(?:>|$)).+\n)+)"
    + "".join(rf"|(?P<{name}>(?:^{prefix}{_PLAIN}.+\n)+)" for name, prefix, _ in _STYLES)
    + r"|(?P<t1>(?:^>(?![ \t>!=:\n]).*\n)+)"
    r"|(?P<other>^.*\n)",
    re.MULTILINE,
)
# By the number of the pattern's group: the prefix that all lines of a token have, its length, its depth.
_PREFIXES = {_TOKEN.groupindex[name]: (prefix, len(prefix), depth) for name, prefix, depth in _STYLES}
_PREFIXES[_TOKEN.groupindex["t1"]] = (">", 1, 1)
_OWN = _TOKEN.groupindex["own"]
_BLANKS = re.compile(r"\n(?:[> \t]*\n)+")
_PREFIX = re.compile(r"(?:> > > |> > |>>> |>> |> )(?![ \t]*>)|>(?![ \t!=:>])")
_NOT_TIGHT = re.compile(r"\n>[ \t!=:]")
_INDENTED_MARK = re.compile(r"\n[ \t]+>")
_OPENS_ODDLY = re.compile(r"\n[|:]")
# Lines that open so may be quoted: three in a row, below a colon, or a forwarded header.
_ODD_RUN = re.compile(
    r"(?:\n[|:][^\n]*){3}|[:：][ \t]*\n(?:[ \t]*\n)*[|:]|\n[|:][ \t]*(?:-+\s*Original|From:)", re.IGNORECASE
)
# A line under five marks that may be a head of Emacs. (A search for line ends is fast, one for `^` is not.)
_HEAD_LINE = re.compile(r"\n(?:[ \t]{0,8}>){5}[^\n]*?(?:==|writes:|wrote:|said:)")
_ODD_BELOW = re.compile(r":\n[#%}]")
_MARKED_GAP = re.compile(r"\n[ \t]*>[> \t]*(?:\n|\Z)")
_PARAGRAPH_ENDS = re.compile(r"\n(?:[ \t]*\n)+")
# Named tuples made without a call of Python: this is done for every paragraph of every message.
_new = tuple.__new__
_INITIALS = re.compile(r"^[ \t]{0,8}[A-Za-z][A-Za-z.'-]{0,14}>", re.MULTILINE)
_MARKS = re.compile(r"(?:[ \t]{0,8}>(?![!=]|:-?[()\[]))+[ \t]?")
_ODD = "|:#%}"
# Lines that may be the wrapped end of the one above: as in `quote_lines`, with room for indented marks.
_LONGEST_STRAY, _SHORTEST_WRAPPED, _SHORTEST_SPACED = 30, 56, 40


def quoted_runs(raw: str) -> list[Run]:
    """The runs of a text's lines, in order; those that are empty are left out."""
    runs = quick_runs(raw)
    return runs if runs is not None else runs_of(quoted_lines(raw))


def quick_runs(raw: str) -> list[Run] | None:
    """The runs of a text whose marks are the usual ones; None where they are not, or may not be."""
    raw = raw.rstrip()
    # A look for one sign costs a fiftieth of one for two.
    if ("[" in raw and "[/" in raw) or (_OPENS_ODDLY.search(raw) and _ODD_RUN.search(f"\n{raw}")):
        return None
    spaced = " \n" in raw or ("\t" in raw and "\t\n" in raw)
    if spaced:
        raw = "\n".join([line.rstrip() for line in raw.split("\n")])
    if ">" not in raw:
        return _unquoted(raw)
    if ">>>>>" in raw and _HEAD_LINE.search(f"\n{raw}"):
        return None
    runs: list[Run] = []
    odd = mixed = False
    chunks = _BLANKS.split(f"\n{raw}\n")
    chunks[0] = chunks[0].lstrip("\n")
    chunks[-1] = chunks[-1].rstrip("\n")
    for text in chunks:
        if not text:
            continue
        level = 0
        if ">" in text:
            level, prefix = _mark_of(text)
            if level < 0:
                mixed = True
                if not _mixed_runs(text, runs, raw, spaced):
                    return None
                continue
            if level:
                text = text[len(prefix) :].replace(f"\n{prefix}", "\n")
                if text[0] in "|:" or _OPENS_ODDLY.search(text):
                    return None
        if ":\n" in text and _ODD_BELOW.search(text):
            return None
        odd = odd or text[0] in _ODD
        runs.append(_new(Run, (level, text, True, None, "", ())))
    return None if (odd or mixed) and _may_be_odd(runs) else runs


def _mark_of(text: str) -> tuple[int, str]:
    """How deep all lines are quoted, and the marks that each has; -1 where that takes a closer look."""
    more = text.count("\n")
    if text[0] == ">":
        match = _PREFIX.match(text)
        if match:
            prefix = match.group()
            level = prefix.count(">")
            alike = text.count(">") == level * (more + 1) and text.count(f"\n{prefix}") == more
            # Tight marks: another line may have a space, a smile or a sign behind its own.
            if alike and (prefix != ">" or not (more and _NOT_TIGHT.search(text))):
                return level, prefix
    elif text[0] not in " \t" and "\n>" not in text and not _INDENTED_MARK.search(text):
        return (-1 if _INITIALS.search(text) else 0), ""
    return -1, ""


def _mixed_runs(chunk: str, runs: list[Run], raw: str, spaced: bool) -> bool:
    """Adds the runs of lines without an empty one among them, line by line; False: they may be unusual.

    The lines are some of ``raw``; ``spaced``: spaces at their ends were taken off.
    """
    level, text, blank = -1, "", True
    wrapped = _SHORTEST_SPACED if spaced else _SHORTEST_WRAPPED
    for token in _TOKEN.finditer(f"{chunk}\n"):
        kind = token.lastindex
        piece = token.group()[:-1]
        here = 0
        if kind == _OWN:
            pass
        elif style := _PREFIXES.get(kind or 0):
            prefix, width, here = style
            piece = piece[width:].replace(f"\n{prefix}", "\n")
            if piece[0] in "|:" or _OPENS_ODDLY.search(piece):
                return False
        else:
            marks = _MARKS.match(piece)
            here = piece.count(">", 0, marks.end()) if marks else 0
            piece = piece[marks.end() :] if marks else piece
        if ">" in piece and _INITIALS.search(piece):
            return False
        if not piece:
            if text:
                runs.append(_new(Run, (level, text, blank, None, "", ())))
            level, text, blank = -1, "", True
            continue
        if ":\n" in piece and _ODD_BELOW.search(piece):
            return False
        if here == level:
            if text[-1] == ":" and piece[0] in _ODD:
                return False
            text = f"{text}\n{piece}"
            continue
        if here < level and text and len(piece) <= _LONGEST_STRAY and "\n" not in piece:
            above = text[text.rfind("\n") + 1 :]
            if len(above) + 2 * level > wrapped and above[-1] not in ".?!:;":
                goes_on = token.end() <= len(chunk) or _MARKED_GAP.search(raw)
                if piece[0].islower() or (goes_on and not _is_sentence(piece)):
                    # Perhaps the end of a line that was wrapped: that takes a look at the lines.
                    return False
        if text:
            runs.append(_new(Run, (level, text, blank, None, "", ())))
        blank = not text
        level, text = here, piece
    if text:
        runs.append(_new(Run, (level, text, blank, None, "", ())))
    return True


def _is_sentence(line: str) -> bool:
    return line[-1] in ".?!:;" and not line[0].isdigit()


def _may_be_odd(runs: list[Run]) -> bool:
    """Whether a run may be quoted by an odd mark: it opens with one, on top or below an introduction."""
    for number in [n for n, run in enumerate(runs) if run[1][0] in _ODD]:
        above = runs[number - 1].text.split("\n") if number else [""]
        if not number or runs[number].text[1:9] == "-----Ori" or intro_ending_at(above, len(above) - 1):
            return True
    return False


def _unquoted(raw: str) -> list[Run] | None:
    """The paragraphs of a text without any mark of quotation."""
    if ":\n" in raw and _ODD_BELOW.search(raw):
        return None
    texts = _PARAGRAPH_ENDS.split(raw.strip("\n"))
    runs = [_new(Run, (0, text, True, None, "", ())) for text in texts if text.strip()]
    return None if _may_be_odd(runs) else runs


def runs_of(lines: Lines, tags: bool = False) -> list[Run]:
    """The runs of lines that were read one by one, with their numbers; ``tags`` too if wanted."""
    text, depth, spoken = lines.text, lines.depth, lines.spoken
    runs: list[Run] = []
    blank, at, count = True, 0, len(text)
    told = bool(lines.heads or spoken)
    while at < count:
        end = at + 1
        if told and at in lines.heads:
            taken, speaker = lines.heads[at]
            end = at + taken
            runs.append(
                Run(depth[at], "\n".join(text[at:end]), blank, speaker, HEAD, tuple(range(at, end + 1)))
            )
            blank = False
        elif text[at]:
            level, speaker = depth[at], spoken.get(at)
            while end < count and text[end] and depth[end] == level:
                if told and (end in lines.heads or spoken.get(end) != speaker):
                    break
                end += 1
            starts = [i for i in range(at, end) if i not in lines.glued] if lines.glued else range(at, end)
            runs.append(Run(level, _joined(lines, at, end), blank, speaker, "", (*starts, end)))
            blank = False
        else:
            blank = True
            if tags and at in lines.tags:
                runs.append(Run(depth[at], "", True, None, TAG, (at, end)))
        at = end
    return runs


def _joined(lines: Lines, start: int, end: int) -> str:
    """The text of lines; the stray end of a wrapped line goes back to the line before."""
    if not lines.glued:
        return "\n".join(lines.text[start:end])
    text = lines.text[start]
    for i in range(start + 1, end):
        text += (" " + lines.text[i].lstrip()) if i in lines.glued else f"\n{lines.text[i]}"
    return text
