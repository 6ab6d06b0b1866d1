"""How far long work has come, on standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Progress = Callable[[str, int, int], None]


@contextmanager
def bar() -> Iterator[Progress | None]:
    """A progress bar, if standard error is a terminal; gives the function that moves it."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("reading", total=None)

        def move(path: str, done: int, total: int) -> None:
            # Paths may hold brackets, which rich would take for markup.
            name = path[-40:].replace("[", "\\[")
            shown.update(task, total=total, completed=done, description=name)

        yield move
