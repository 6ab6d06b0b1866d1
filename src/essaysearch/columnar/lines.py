"""Work on other threads: what compiled loops, compression and writing do while documents are read.

All of these let the interpreter's lock go, so that a second core takes part.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
U = TypeVar("U")


class Line:
    """Jobs done one after another on a thread of its own. At most ``waiting`` stand in line.

    An error in a job is raised by the next call, and no further job is done.
    """

    def __init__(self, waiting: int) -> None:
        self._pool = ThreadPoolExecutor(1)
        self._jobs: deque[Future[None]] = deque()
        self._waiting = waiting
        self._failed = False

    def put(self, job: Callable[[], None]) -> None:
        """Add a job; waits for a place."""
        while len(self._jobs) > self._waiting or (self._jobs and self._jobs[0].done()):
            self._jobs.popleft().result()
        self._jobs.append(self._pool.submit(self._do, job))

    @property
    def length(self) -> int:
        """How many jobs are not done."""
        return sum(not job.done() for job in self._jobs)

    def _do(self, job: Callable[[], None]) -> None:
        if self._failed:
            return
        try:
            job()
        except BaseException:
            self._failed = True
            raise

    def wait(self) -> None:
        """Return when every job is done."""
        while self._jobs:
            self._jobs.popleft().result()

    def end(self) -> None:
        """Finish the job under way, forget the others."""
        self._failed = True
        self._pool.shutdown(cancel_futures=True)


def ahead(pool: ThreadPoolExecutor, function: Callable[[T], U], items: Iterable[T], most: int) -> Iterator[U]:
    """``map(function, items)`` on other threads, begun at once.

    At most ``most`` results are in the making or waiting.
    """
    rest = iter(items)
    tasks = deque(pool.submit(function, item) for item in islice(rest, most))

    def results() -> Iterator[U]:
        while tasks:
            yield tasks.popleft().result()
            tasks.extend(pool.submit(function, item) for item in islice(rest, 1))

    return results()
