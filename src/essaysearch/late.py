"""Patterns compiled when they are first used, for the modules a search from the shell loads.

Compiling a long regular expression takes a millisecond or more, and a search of plain words needs few of
those that its modules hold.
"""

from __future__ import annotations

import re
from typing import Any, cast


class _Late:
    """Stands for the pattern until a method is asked for, and keeps what was asked for."""

    def __init__(self, pattern: str, flags: int) -> None:
        self._source = pattern, flags

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(*self._source), name)
        setattr(self, name, found)
        return found


def late(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """What ``re.compile`` returns, as far as its methods and attributes go, compiled at the first of them.

    A wrong pattern is therefore found at its first use.
    """
    return cast("re.Pattern[str]", _Late(pattern, flags))
