"""What was met in a mailbox: which messages, and the roots of threads, in little memory for any file."""

from __future__ import annotations

from array import array

_MOST_MESSAGES = 4_000_000
_GENERATION = 100_000
_ALL = (1 << 64) - 1


class Known:
    """Threads' roots by message, and messages by all that tells them apart.

    A message takes 25 to 50 bytes; beyond four million of them repeats are no longer told. Roots are
    looked up among the last one to two hundred thousand answers.
    """

    def __init__(self) -> None:
        self._met = _Numbers()
        self._recent: dict[int, str] = {}
        self._older: dict[int, str] = {}

    def thread(self, identity: str, parent: str | None, root: str | None) -> str:
        """The id of the first document of a thread; a root that is but the parent is looked behind."""
        if root is None:
            return identity
        if root != parent:
            return root
        key = hash(root)
        return self._recent.get(key) or self._older.get(key) or root

    def is_new(self, identity: str) -> bool:
        """Whether no message was met under an id."""
        return hash(identity) not in self._met

    def is_repeat(self, *features: object) -> bool:
        """Whether a message of the same id, author, date and title was met."""
        return hash(features) in self._met

    def note(self, identity: str, thread: str, *features: object) -> None:
        """Keeps a message in mind, as two numbers, and its thread where another message opened it."""
        if len(self._met) < 2 * _MOST_MESSAGES:
            self._met.add(hash(identity))
            self._met.add(hash(features))
        if thread == identity:
            return
        if len(self._recent) >= _GENERATION:
            self._older, self._recent = self._recent, {}
        key = hash(thread)
        # The same text of a root's id serves all of its thread.
        self._recent.setdefault(hash(identity), self._recent.get(key) or self._older.get(key) or thread)


class _Numbers:
    """A set of 64-bit numbers in one array, a third to two thirds full: a tenth of a set's memory."""

    def __init__(self) -> None:
        self._slots = array("Q", bytes(8 * 1024))
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __contains__(self, number: int) -> bool:
        return bool(self._slots[self._place(number & _ALL or 1)])

    def add(self, number: int) -> None:
        """Puts a number into the set; zero counts as one."""
        number = number & _ALL or 1
        at = self._place(number)
        if not self._slots[at]:
            self._slots[at] = number
            self._count += 1
            if self._count * 3 > len(self._slots) * 2:
                self._grow()

    def _place(self, number: int) -> int:
        """The slot of a number, or the empty one that waits for it."""
        slots = self._slots
        last = len(slots) - 1
        at = number & last
        while slots[at] and slots[at] != number:
            at = (at + 1) & last
        return at

    def _grow(self) -> None:
        held = self._slots
        self._slots = array("Q", bytes(2 * held.itemsize * len(held)))
        for number in held:
            if number:
                self._slots[self._place(number)] = number
