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


def ids(results: essaysearch.Results) -> list[str]:
    return [hit.doc_id for hit in results]


def test_passages_without_the_words_are_found_by_what_they_mean(library: essaysearch.Library) -> None:
    fused = library.search("kites fly", encoder=Encoder())
    assert "b" not in ids(library.search("kites fly"))
    assert ids(fused)[0] == "a"
    assert "b" in ids(fused)
    assert "c" not in ids(fused)
    assert fused.total == 3
    assert fused[0].score == pytest.approx(2 / (FUSED + 1))


def test_both_ranks_are_added_as_reciprocals(library: essaysearch.Library) -> None:
    words = {"a": 1, "d": 1}
    close = {"a": 1, "b": 1, "d": 3}
    assert len({hit.score for hit in library.search("kites")}) == 1
    assert {hit.doc_id: hit.score for hit in library.search("kites", encoder=Encoder())} == {
        name: pytest.approx(1 / (FUSED + close[name]) + (1 / (FUSED + words[name]) if name in words else 0.0))
        for name in close
    }


def test_conditions_of_the_query_hold_for_both_rankings(library: essaysearch.Library) -> None:
    assert not library.search("kites fly kind:comment", encoder=Encoder())
    assert "b" not in ids(library.search("kites -water", encoder=Encoder()))
    assert ids(library.search("kites", encoder=Encoder(), narrow=("water",))) == ["b"]


@pytest.mark.parametrize(
    ("query", "read"),
    [
        ("kites fly?", "kites fly?"),
        ("kites kind:essay -water fly", "kites fly"),
        ('"over the bay" OR kites author:"odile fenn"', "over the bay kites"),
        ("well-being", "well-being"),
    ],
)
def test_an_encoder_reads_the_query_without_conditions_and_marks(
    library: essaysearch.Library, query: str, read: str
) -> None:
    encoder = Encoder()
    library.search(query, encoder=encoder)
    assert encoder.asked[-1] == read


def test_a_query_of_conditions_alone_asks_no_encoder(library: essaysearch.Library) -> None:
    encoder = Encoder()
    assert ids(library.search("kind:essay", encoder=encoder)) == ids(library.search("kind:essay"))
    assert not encoder.asked


def test_results_go_on_with_their_encoder(library: essaysearch.Library) -> None:
    all_ = ids(library.search("kites fly", encoder=Encoder()))
    first = library.search("kites fly", k=2, encoder=Encoder())
    assert ids(first) + ids(first.more()) == all_
    assert "b" in ids(first.again(k=None, group="document"))
    assert ids(first.again(k=None, sort="length"))[0] == "b"
    results, hits = library.stream("kites fly", encoder=Encoder())
    assert [hit.doc_id for hit in hits] == all_
    assert results.total == len(all_)


def test_what_the_encoder_found_is_not_said_to_be_missing(library: essaysearch.Library) -> None:
    found = {hit.doc_id: hit.passage_id for hit in library.search("kites fly", encoder=Encoder())}
    other = library.search("accounts")[0].passage_id
    assert library.why_not(found["b"], "kites fly")
    assert library.why_not(found["b"], "kites fly", encoder=Encoder()) == []
    assert library.place(found["b"], "kites fly", encoder=Encoder()) == 3
    assert library.why_not(other, "kites fly", encoder=Encoder()) == library.why_not(other, "kites fly")


def test_a_run_with_an_encoder_is_compared_but_not_kept_in_a_file(library: essaysearch.Library) -> None:
    run = library.search("kites fly", encoder=Encoder()).run
    assert run.again(library).digest == run.digest
    with pytest.raises(essaysearch.RunError, match="cannot be kept in a file"):
        run.to_dict()


def test_only_new_passages_are_encoded_and_vanished_ones_dropped(library: essaysearch.Library) -> None:
    encoder = Encoder()
    library.search("kites", encoder=encoder)
    assert sorted(encoder.asked) == sorted([*TEXTS.values(), "kites"])
    encoder.asked.clear()
    library.search("water", encoder=encoder)
    assert encoder.asked == ["water"]
    encoder.asked.clear()
    library.remove(["c", "d"])
    library.optimize()
    text = "Soar again."
    library.add(Document("e", "essay", text, (Block(0, len(text)),)))
    found = library.search("kites", encoder=encoder)
    assert encoder.asked.count(text) == 1
    assert "Accounts are due on Friday." not in encoder.asked
    assert "e" in ids(found)
    with np.load(Path(library.path) / "vectors.npz") as kept:
        assert kept["vectors"].shape == (3, 3)
    assert library.verify()


def test_kept_vectors_serve_the_same_encoder_only(library: essaysearch.Library) -> None:
    def other(texts: list[str]) -> list[list[float]]:
        return [[1.0, float("Accounts" in text), 0.0] for text in texts]

    library.search("kites", encoder=Encoder())
    again = Encoder()
    found = essaysearch.open_library(library.path).search("kites", encoder=again)
    assert len(again.asked) < len(TEXTS) + 1
    assert "b" in ids(found)
    opened = essaysearch.open_library(library.path)
    assert set(ids(opened.search("kites", encoder=other))) == set(TEXTS)
    assert set(ids(opened.search("kites", encoder=again))) == {"a", "b", "d"}


def test_damaged_vectors_are_made_anew(library: essaysearch.Library) -> None:
    library.search("kites", encoder=Encoder())
    (Path(library.path) / "vectors.npz").write_bytes(b"PK nothing")
    opened = essaysearch.open_library(library.path)
    assert "b" in ids(opened.search("kites", encoder=Encoder()))


def test_an_empty_library_has_nothing_to_encode(tmp_path: Path) -> None:
    empty = essaysearch.open_library(tmp_path / "empty", create=True)
    assert not empty.search("kites", encoder=Encoder())


@pytest.mark.parametrize(
    ("encoder", "told"),
    [
        (lambda texts: np.zeros(3), "one vector of finite numbers for each"),
        (lambda texts: np.full((len(texts), 2), np.nan), "one vector of finite numbers for each"),
        (lambda texts: [[1.0] * (n + 1) for n in range(len(texts))], "no array of numbers"),
        (lambda texts: np.ones((len(texts), len(texts))), "different lengths"),
    ],
)
def test_vectors_that_cannot_be_compared_are_refused(
    library: essaysearch.Library, encoder: Encoder, told: str
) -> None:
    with pytest.raises(BadVectors, match=told):
        library.search("kites", encoder=encoder)
