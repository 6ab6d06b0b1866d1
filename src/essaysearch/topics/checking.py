"""What is odd about a topic in this library, in sentences: said, counted, never in the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Sized

from essaysearch.columnar.snapshot import Snapshot
from essaysearch.errors import UnknownId
from essaysearch.topics.clauses import clause
from essaysearch.topics.files import Topic
from essaysearch.tree import Nothing

_MOST = 0.5
"""The share of a library that a phrase may find before it is called too wide."""

_SHOWN = 3


def oddities(
    snapshot: Snapshot, topic: Topic, reached: Mapping[tuple[str, str], Sized], found: int
) -> tuple[str, ...]:
    """Sentences on a topic's phrases and seeds. ``reached``: (phrase, sense) to what it finds."""
    empty = [phrase for phrase in topic.phrases if isinstance(clause(phrase), Nothing)]
    silent = [phrase for (phrase, _), held in reached.items() if not held and phrase not in empty]
    wide = [phrase for (phrase, _), held in reached.items() if len(held) > max(1, _MOST * snapshot.passages)]
    times = Counter(phrase.casefold() for sense in topic.senses for phrase in sense.phrases)
    lost = [seed for seed in topic.seeds if not _present(snapshot, seed)]
    said = []
    if snapshot.passages and found == snapshot.passages:
        said.append(f"The topic `{topic.name}` matches every passage of the library: it tells nothing apart.")
    rows: tuple[tuple[Sequence[str], str, str, str], ...] = (
        (empty, "phrase holds", "phrases hold", "no word to search for"),
        (wide, "phrase finds", "phrases find", "more than half of all passages: too wide to tell a topic"),
        (silent, "phrase finds", "phrases find", "nothing here"),
        ([p for p, n in times.items() if n > 1], "phrase stands", "phrases stand", "in the topic twice"),
        (lost, "seed is", "seeds are", "not in the library"),
    )
    return (*said, *(_sentence(list(dict.fromkeys(names)), *words) for names, *words in rows if names))


def _present(snapshot: Snapshot, seed: str) -> bool:
    try:
        snapshot.locate(seed)
    except UnknownId:
        return False
    return True


def _sentence(names: Sequence[str], one: str, many: str, what: str) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
    return f"{len(names)} {one if len(names) == 1 else many} {what}: {shown}."
