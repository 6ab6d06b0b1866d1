"""A user's own encoder as a second opinion, fused with the words' ranking."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import essaysearch
from essaysearch.model import Block, Document
from essaysearch.search.encoding import FUSED, BadVectors

TEXTS = {
    "a": "Kites fly over the bay.",
    "b": "Gliders soar above the water.",
    "c": "Accounts are due on Friday.",
    "d": "Kites are due for repair.",
}
MEANINGS = ({"kites", "gliders", "fly", "soar"}, {"bay", "water"}, {"accounts", "due", "friday"})


class Encoder:
    """Counts words by meaning; remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, texts: list[str]) -> list[list[float]]:
        self.asked += texts
        words = [[word.strip(".").lower() for word in text.split()] for text in texts]
        return [[float(sum(w in meaning for w in held)) for meaning in MEANINGS] for held in words]


@pytest.fixture
def library(tmp_path: Path) -> essaysearch.Library:
    library = essaysearch.open_library(tmp_path / "index", create=True)
    library.add([Document(i, "essay", t, (Block(0, len(t)),)) for i, t in TEXTS.items()])
    return library


def test_passages_without_the_words_are_found_by_what_they_mean(library: essaysearch.Library) -> None:
    plain = [hit.doc_id for hit in library.search("kites fly")]
    fused = library.second_opinion("kites fly", Encoder())
    assert "b" not in plain
    assert fused[0].doc_id == "a"
    assert "b" in [hit.doc_id for hit in fused]
    assert "c" not in [hit.doc_id for hit in fused]
    assert fused[0].score == pytest.approx(2 / (FUSED + 1), rel=0.02)


def test_conditions_of_the_query_hold_for_both_rankings(library: essaysearch.Library) -> None:
    assert not library.second_opinion("kites fly kind:comment", Encoder())
    assert "b" not in [h.doc_id for h in library.second_opinion("kites -water", Encoder())]


def test_only_new_passages_are_encoded_and_vanished_ones_dropped(library: essaysearch.Library) -> None:
    encoder = Encoder()
    library.second_opinion("kites", encoder)
    assert sorted(encoder.asked) == sorted([*TEXTS.values(), "kites"])
    encoder.asked.clear()
    library.remove("c")
    text = "Soar again."
    library.add(Document("e", "essay", text, (Block(0, len(text)),)))
    found = library.second_opinion("kites", encoder)
    assert sorted(encoder.asked) == sorted([text, "kites"])
    assert "e" in [hit.doc_id for hit in found]
    assert library.verify()


def test_vectors_that_cannot_be_compared_are_refused(library: essaysearch.Library) -> None:
    with pytest.raises(BadVectors, match="one vector of finite numbers for each"):
        library.second_opinion("kites", lambda texts: np.zeros(3))
    library.second_opinion("kites", Encoder())
    with pytest.raises(BadVectors, match="cannot name an encoder"):
        library.second_opinion("kites", Encoder(), name="../x")
