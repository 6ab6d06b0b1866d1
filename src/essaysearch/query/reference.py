"""The reference of the query language as a page, from the table of operators."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

from essaysearch.query.operator_rows import Kind, Operator
from essaysearch.query.sentences import DIAGNOSTICS, OF_A_LIBRARY

_OPENING = """# What a query can say

Written by `python -m essaysearch.query > docs/query.md` from the table in
`src/essaysearch/query/operators.py`; do not edit it by hand.

Type words. A passage is found if it matches any of them; those that match more, rarer and closer words
come first. Words match by their stems, whatever their case and accents. Very common words ("the", "of",
"not") are left out unless there is nothing else, or they stand in a quoted phrase. A word with an inner
hyphen, apostrophe, dot or slash is searched as its parts side by side and as one word: `mesa-optimizer`
finds "mesa optimizer" and "mesaoptimizer". A question mark at the end of a word is punctuation. In a
question without operators, such as `what do people say about pauses?`, the words that only ask it
(people, say) match as ever and count little.

Fields may be written in any case; AND, OR, NOT, NEAR and THEN are capitals. A field stands before its
value without a space. No query is an error: what cannot be read is said and searched as words."""

HEADINGS: tuple[tuple[Kind, str, str], ...] = (
    (
        "boolean",
        "Words and how they combine",
        "NEAR binds tightest, then AND, then standing side by side. What is excluded, required (`+`, a "
        "quoted phrase) or filtered counts for everything within the same brackets, also where it stands "
        "in an AND.",
    ),
    (
        "phrase",
        "Phrases and nearness",
        "Positions count words, very common ones too. A run such as `a NEAR/3 b NEAR/3 c` adds its "
        "distances.",
    ),
    (
        "pattern",
        "Patterns",
        "A pattern matches whole words of the library, in small letters and without accents, and ranks as "
        "one word. One that would match nearly everything, or could take long, is refused.",
    ),
    (
        "text",
        "Fields of text",
        "These rank. Each stands before a word, a phrase or brackets: `title:sleeper`, "
        '`title:"sleeper agents"`, `title:(sleeper agents)`.',
    ),
    ("scope", "Scopes", "They say where the words beside them, or in the brackets, may be met."),
    ("named", "By example and by topic", "These rank."),
    (
        "filter",
        "Filters",
        "Filters never rank. The same filter given twice means either, but `author:` and `category:` must "
        "all hold, and so must filters joined by AND or marked with `+`. Several values in brackets mean "
        "either: `kind:(essay OR post)`, `author:(evan hubinger OR nina panickssery)`. Different filters "
        "must all hold, even beside OR; for either of them write `(kind:essay) OR (karma:>=50)`. A query "
        "of filters alone lists everything that passes, newest first, undated last.",
    ),
)

_DATES = """## Dates

`2023`, `2023-06`, `2023-06-11`, `2023-06-11T09:30`, `2023-Q3`, `2023-W07`; `today`, `yesterday`,
`this-week`, `last-month`, `last-quarter`, `last-year`, `3-months-ago`. Ranges include whole periods:
`date:2023..2024`, `date:2023-06..`, `date:..last-year`, `date:>2023-06` (from July on), `date:>=2023-06`,
`date:<2024`, `date:<=2024`. A document whose own date is only a month or a year matches if that period
overlaps."""


def markdown(operators: Sequence[Operator]) -> str:
    """The reference as Markdown, ending in a newline."""
    parts = [_OPENING]
    for kind, heading, note in HEADINGS:
        rows = [
            (
                _code(row.syntax),
                row.meaning + (f" One of {', '.join(map(_code, row.values))}." if row.values else ""),
                _code(row.example),
            )
            for row in operators
            if row.kind == kind
        ]
        parts += [f"## {heading}", note, _table(("write", "meaning", "example"), rows)]
    parts.append(_DATES)
    kinds = [(_code(kind), meaning) for kind, meaning in (DIAGNOSTICS | OF_A_LIBRARY).items()]
    parts += ["## Warnings", _table(("kind", "meaning"), kinds)]
    return "\n\n".join(parts) + "\n"


def plain(operators: Sequence[Operator], width: int = 96) -> str:
    """The reference for a terminal, ending in a newline: a line or two an operator."""
    left = max(len(row.syntax) for row in operators) + 4
    lines = ["What a query can say", ""]
    for kind, heading, note in HEADINGS:
        lines += [heading, *(f"  {line}" for line in wrap(note.replace("`", ""), width - 2)), ""]
        for row in operators:
            if row.kind == kind:
                values = f" One of {', '.join(row.values)}." if row.values else ""
                told = wrap(row.meaning.replace("`", "") + values, width - left)
                told.append(f"    {row.example}")
                lines.append(f"  {row.syntax}".ljust(left) + told[0])
                lines += [" " * left + line for line in told[1:]]
        lines.append("")
    lines += [line.replace("## ", "").replace("`", "") for line in _DATES.split("\n")]
    return "\n".join(lines) + "\n"


def _code(text: str) -> str:
    return f"`{text}`"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
