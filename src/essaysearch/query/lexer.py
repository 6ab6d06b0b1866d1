"""A query's text cut into signs, one regular expression at a time, each character read once.

Typographic quote marks and hyphens are read as their plain forms; no step changes the text's
length, so positions are those of what was typed.
"""

from __future__ import annotations

import re

from essaysearch.late import late

_PLAIN_MARKS = str.maketrans(
    dict.fromkeys("“”„‟«»＂", '"') | dict.fromkeys("‘’‚‛′＇", "'") | dict.fromkeys("‐‑‒–−﹣－", "-")
)

SIGN = late(
    r"""\s*(?:
    (?P<joint>(?:AND|OR|NOT|NEAR(?:/[0-9]{1,9})?|THEN/[0-9]{1,9})(?=[\s()"]|\Z))
  | (?P<word>[0-9A-Za-z]+(?=[\s)]|\Z))
  | (?P<field>[A-Za-z][A-Za-z_]{1,29}:(?![\s:)]|//|\Z))
  | (?P<bare>[A-Za-z][A-Za-z_]{1,29}:(?=[\s)]|\Z))
  | (?P<phrase>"(?P<quoted>[^"]*)"(?P<slop>~[0-9]*)?(?P<weight>\^[^\s()"]*)?)
  | (?P<quote>")
  | (?P<open>\()
  | (?P<close>\)(?P<after>\^[^\s()"]*)?)
  | (?P<mark>[+-](?![\s)+-]|\Z))
  | (?P<regex>/(?P<pattern>(?:[^/\\\s]|\\\S){1,250})/(?P<factor>\^[0-9.]+)?(?=[\s)]|\Z))
  | (?P<run>[^\s()"]+)
  | (?P<end>\Z)
    )""",
    re.X,
)
"""The next sign from a position on; always matches. `lastgroup` names it."""

VALUE = late(
    r'(?:"(?P<quoted>[^"]*)"|\((?P<inside>[^()"]*(?:"[^"]*"[^()"]*)*)\))(?P<factor>\^[0-9.]+)?'
    r'|(?P<plain>[^\s"()]+(?:\([^\s()"]*\)[^\s"()]*)*)'
)
"""A filter's value: quoted, in brackets, or a run without spaces (balanced brackets may be in it)."""

ALTERNATIVE = late(r'"([^"]*)"|([^\s",|]+)')
"""A word or quoted words within a value's brackets."""

SCOPE = late(r"([A-Za-z]+)(\()?")
"""What follows ``same:``."""


def plain_marks(text: str) -> str:
    """The text with typographic quote marks and hyphens made plain, of the same length."""
    return text if text.isascii() else text.translate(_PLAIN_MARKS)
