"""Documents are ranked as wholes: how they were cut into passages costs none of them its place."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest

import essaysearch
from essaysearch.columnar.store import Store
from essaysearch.model import Block, Document, Passage

HALVES = (
    "Sleeper models behave well while they are trained and watched by their makers.",
    "Once deployed they defect, and no adversarial training that we tried removes it.",
)
OTHERS = (
    "Sleeper trains cross the country at night, and nobody is trained to watch them. Once deployed, "
    "the brakes hold well, and adversarial weather removes none of them.",
    "Models of ships are trained on by cadets. A few are watched while they sail.",
    "Training removes doubt, the coach said, and the makers of shoes agreed with him.",
    "We deployed nets along the shore and watched the herring while the tide went out.",
)
FILLER = tuple(
    f"Kelp number {n} grows in cold water, and otters live in it all year round." for n in range(60)
)
QUERY = "sleeper models trained deployed defect adversarial training removes"


def ranked(place: Path, wanted: tuple[str, ...], query: str) -> list[str]:
    """The documents that a search finds where ``wanted`` is cut into these passages."""
    store, numbers = Store(place, create=True), count(1)
    with store.writer() as writer:
        for identity, parts in (
            ("wanted", wanted),
            *((f"other{n}", (t,)) for n, t in enumerate(OTHERS + FILLER)),
        ):
            text = " ".join(parts)
            passages, at = [], 0
            for number, part in enumerate(parts):
                passages.append(Passage(f"{next(numbers):016x}", number, at, at + len(part)))
                at += len(part) + 1
            writer.add(Document(identity, "abstract", text, (Block(0, len(text)),)), tuple(passages))
    library = essaysearch.open_library(place)
    assert library.search("id:wanted").total == len(wanted)
    return [hit.doc_id for hit in library.search(query, group="document")]


@pytest.mark.parametrize("query", [QUERY, "sleeper deployed", "trained defect", "models removes"])
def test_a_short_abstract_keeps_its_rank_where_it_is_cut(tmp_path: Path, query: str) -> None:
    whole = ranked(tmp_path / "whole", (" ".join(HALVES),), query)
    cut = ranked(tmp_path / "cut", HALVES, query)
    assert cut.index("wanted") <= whole.index("wanted")
