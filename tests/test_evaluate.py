"""The columnar evaluator against the slow obvious one: same passages, same scores, same order."""

from __future__ import annotations

import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import oracle
from essaysearch.columnar import pieces, quick
from essaysearch.columnar.documents import best_documents
from essaysearch.columnar.evaluate import Evaluation
from essaysearch.columnar.store import Store
from essaysearch.model import Block, Document, Passage
from essaysearch.query import parse
from essaysearch.text import ids
from essaysearch.text.analysis import stem
from essaysearch.tree import AnyFilter, Clauses, Expand, Filter, Phrase, Word

kernels = pytest.importorskip("essaysearch.columnar.kernels", reason="needs the extra `fast`")
EXAMPLES = 2000 if os.environ.get("ESSAYSEARCH_LONG") else 60
PHASES = (
    list(Phase) if os.environ.get("ESSAYSEARCH_SHRINK") else [Phase.explicit, Phase.reuse, Phase.generate]
)

WORDS = [
    "model",
    "models",
    "modeling",
    "train",
    "training",
    "deceive",
    "deceptive",
    "align",
    "Pause",
    "the",
    "risk",
    "café",
]
words = st.sampled_from(WORDS)
texts = st.lists(words, min_size=1, max_size=14).map(" ".join)


@st.composite
def documents(draw, number: int = 0):
    parts = draw(
        st.lists(
            st.tuples(texts, st.sampled_from(["own", "quoted", "unknown"]), st.none() | texts),
            min_size=1,
            max_size=4,
        )
    )
    text = "\n\n".join(part for part, _, _ in parts)
    made, at, quotes = [], 0, []
    for n, (part, voice, section) in enumerate(parts):
        start = text.index(part, at)
        at = start + len(part)
        made.append(
            Passage(
                "",
                n,
                start,
                at,
                voice,
                section=section,
                answers=tuple(quotes[-1:]) if voice != "quoted" else (),
            )
        )
        if voice == "quoted":
            quotes.append(n)
    key = f"d{draw(st.integers(0, 99)):02}"
    names = ids.passage_ids(key, [text[p.start : p.end] for p in made])
    import dataclasses

    passages = tuple(dataclasses.replace(p, id=i) for p, i in zip(made, names, strict=True))
    document = Document(
        id=key,
        kind=draw(st.sampled_from(["essay", "comment", "abstract"])),
        text=text,
        blocks=(Block(0, len(text)),),
        title=draw(st.none() | texts),
        authors=tuple(
            draw(
                st.lists(st.sampled_from(["Ada Lane", "Odile Fenn", "Kamilė Lane"]), max_size=2, unique=True)
            )
        ),
        date=draw(st.none() | st.sampled_from(["2023-05-01", "2024-01-31", "2024-02-01"])),
        karma=draw(st.none() | st.integers(-3, 9)),
    )
    return document, passages


fields = st.sampled_from(
    [
        None,
        None,
        None,
        ("title",),
        ("own",),
        ("quote",),
        ("answers",),
        ("section",),
        ("body",),
        ("title", "own"),
    ]
)


@st.composite
def word_nodes(draw):
    text = draw(words)
    folded = text.lower().replace("é", "e")
    return Word(
        text,
        stem(folded),
        draw(fields),
        draw(st.integers(0, 9)) == 0,
        draw(st.sampled_from([1.0, 1.0, 2.0])),
        start=draw(st.integers(0, 50)),
    )


@st.composite
def leaves(draw):
    kind = draw(st.integers(0, 9))
    if kind < 6:
        return draw(word_nodes())
    if kind < 8:
        held = [
            Word(t, stem(t.lower().replace("é", "e"))) for t in draw(st.lists(words, min_size=1, max_size=3))
        ]
        slop = draw(st.sampled_from([0, 0, 1, 3])) if len(held) > 1 else 0
        return Phrase(tuple(held), slop, draw(st.booleans()) or slop == 0, draw(fields))
    how, pattern = draw(
        st.sampled_from(
            [
                ("prefix", "mod"),
                ("prefix", "t"),
                ("wildcard", "*ing"),
                ("wildcard", "de?ei*"),
                ("fuzzy", "modle"),
                ("regex", "(mod|tr).*s?"),
            ]
        )
    )
    return Expand(how, pattern, 1 if how == "fuzzy" else 0, draw(fields))


conditions = st.sampled_from(
    [
        Filter("kind", "is", "essay"),
        Filter("author", "is", "lane"),
        Filter("voice", "is", "own"),
        Filter("karma", "range", (2, None)),
        Filter("date", "range", ("2024-01-01", "2024-01-31")),
        AnyFilter((Filter("kind", "is", "comment"), Filter("author", "is", "odile fenn"))),
    ]
)


@st.composite
def clauses(draw, deep: bool = True):
    children = leaves() if not deep else st.one_of(leaves(), leaves(), clauses(deep=False))
    return Clauses(
        tuple(draw(st.lists(children, max_size=2))),
        tuple(draw(st.lists(children, max_size=3))),
        tuple(draw(st.lists(children, max_size=1))),
        tuple(draw(st.lists(conditions, max_size=1))),
        draw(st.sampled_from([1.0, 1.0, 0.5])) if not deep else 1.0,
    )


@st.composite
def plain_queries(draw):
    held = tuple(
        Word(t, stem(t.lower().replace("é", "e")), start=n)
        for n, t in enumerate(draw(st.lists(words, min_size=1, max_size=11)))
    )
    required = draw(st.booleans())
    return Clauses(
        held if required else (), () if required else held, (), tuple(draw(st.lists(conditions, max_size=1)))
    )


def fill(store, held, cuts, deleted, optimize):
    library = {}
    for begin, end in zip([0, *cuts], [*cuts, len(held)], strict=True):
        with store.writer(fast=True) as writer:
            for document, passages in held[begin:end]:
                writer.add(document, passages)
                library[document.id] = (document, passages)
    if deleted:
        with store.writer(fast=True) as writer:
            for key in deleted:
                writer.delete(key)
                library.pop(key, None)
    if optimize:
        store.writer(fast=True).commit(optimize=True)
    return library


def ranked(store, tree, k, kernels, proximity):
    found = quick.best(store.snapshot(), tree, kernels, k, proximity)
    rows = []
    for best in found.best:
        segment = best.view.segment
        row = segment.passage(best.number)
        rows.append((best.score, (segment.keyword("id", row.document), row.passage.number)))
    return rows, found.total


def assert_same(got, want, k):
    wanted = {key: score for score, key in want}
    scores = [score for score, _ in got]
    assert scores == sorted(scores, reverse=True)
    assert len(got) == min(k, len(want))
    for score, key in got:
        assert score == pytest.approx(wanted[key], abs=1e-5, rel=1e-5)
    for (score, key), (_, expected) in zip(got, want, strict=False):
        near = [s for s, other in want if other != key and abs(s - score) <= 1e-5]
        assert key == expected or near


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), phases=PHASES)
@given(data=st.data())
def test_any_tree_finds_the_same_passages_with_the_same_scores_however_the_index_is_cut(data):
    held = data.draw(st.lists(documents(), min_size=1, max_size=12))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(held)), max_size=3)))
    deleted = data.draw(st.lists(st.sampled_from([document.id for document, _ in held]), max_size=3))
    trees = data.draw(st.lists(st.one_of(clauses(), plain_queries(), leaves()), min_size=1, max_size=6))
    with tempfile.TemporaryDirectory() as place:
        store = Store(place, create=True)
        library = fill(store, held, cuts, deleted, data.draw(st.booleans()))
        flat = oracle.units(library)
        for tree in trees:
            for proximity in (True, False):
                want = oracle.rank(flat, tree, proximity)
                for compiled in (kernels, None):
                    for k in (2, 1000):
                        got, total = ranked(store, tree, k, compiled, proximity)
                        assert total == len(want), (tree, compiled)
                        assert_same(got, want, k)


PIECES = (
    *(f"{mark}{word}" for mark in ("", "", "", "+", "-") for word in (*WORDS[:-1], "absent")),
    *("kind:essay", "author:lane", "date:2024", "DATE:2023", "year:2024", "has:title", "has:karma"),
    *("date:today", "say", "people", "OR", "NOT", "", "risk?", "tr*", "motte-and-bailey", "foo:risk"),
)


@st.composite
def typed(draw):
    """Text of which most is answered from its pieces alone."""
    marked = draw(st.sampled_from([("", "-"), ("+", "-"), ("", "+", "-", "other")]))
    usable = [
        p for p in PIECES if "other" in marked or (p[:1] if p[:1] in "+-" else "") in marked or ":" in p
    ]
    if draw(st.integers(0, 3)) == 0:
        return '"' + " ".join(draw(st.lists(words, min_size=1, max_size=3))) + '"'
    return " ".join(draw(st.lists(st.sampled_from(usable), min_size=1, max_size=5)))


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), phases=PHASES)
@given(data=st.data())
def test_queries_answered_from_their_pieces_are_answered_as_their_trees(data):
    held = data.draw(st.lists(documents(), min_size=1, max_size=12))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(held)), max_size=3)))
    deleted = data.draw(st.lists(st.sampled_from([document.id for document, _ in held]), max_size=2))
    with tempfile.TemporaryDirectory() as place:
        store = Store(place, create=True)
        fill(store, held, cuts, deleted, data.draw(st.booleans()))
        snapshot = store.snapshot()
        for text in data.draw(st.lists(typed(), min_size=1, max_size=12)):
            for k, offset in ((2, 0), (3, 1), (1000, 0)):
                got = pieces.ids(snapshot, text, kernels, k, offset)
                if got is not None:
                    want = quick.ids(snapshot, parse(text).tree, None, k, offset, False)
                    assert got == want, text  # to the last bit: sums are made in a fixed order


@pytest.mark.parametrize(
    "text",
    ["model", "the model", "+model +risk", "model -risk", "model kind:essay date:2024", '"the model"'],
)
def test_usual_queries_are_answered_from_their_pieces(tmp_path, text):
    store = Store(tmp_path / "ix", create=True)
    with store.writer() as writer:
        writer.add(
            Document("d", "essay", "the model", (Block(0, 9),), date="2024-01-02"),
            (Passage("0" * 16, 0, 0, 9),),
        )
    found = pieces.ids(store.snapshot(), text, kernels, 10, 0)
    assert found is not None
    assert [name for name, _ in found] == ["0" * 16] * (text != "+model +risk")


@settings(max_examples=EXAMPLES // 2, deadline=None, suppress_health_check=list(HealthCheck), phases=PHASES)
@given(data=st.data())
def test_matching_without_scores_and_scores_of_some_are_those_of_all(data):
    held = data.draw(st.lists(documents(), min_size=1, max_size=12))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(held)), max_size=3)))
    deleted = data.draw(st.lists(st.sampled_from([document.id for document, _ in held]), max_size=3))
    trees = data.draw(st.lists(st.one_of(clauses(), plain_queries(), leaves()), min_size=1, max_size=4))
    with tempfile.TemporaryDirectory() as place:
        store = Store(place, create=True)
        fill(store, held, cuts, deleted, data.draw(st.booleans()))
        for tree, compiled in ((tree, compiled) for tree in trees for compiled in (kernels, None)):
            for view in store.snapshot().views:
                evaluation = Evaluation(store.snapshot(), tree, compiled)
                docs, scores = evaluation.matches(view)
                assert evaluation.matching(view).tolist() == docs.tolist(), tree
                some = evaluation.matches(view, docs[1::2])
                assert (some.docs.tolist(), some.scores.tolist()) == (
                    docs[1::2].tolist(), scores[1::2].tolist()
                ), tree  # fmt: skip


@settings(max_examples=EXAMPLES // 2, deadline=None, suppress_health_check=list(HealthCheck), phases=PHASES)
@given(data=st.data())
def test_documents_rank_alike_compiled_or_not_and_however_the_index_is_cut(data):
    held = data.draw(st.lists(documents(), min_size=1, max_size=12))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(held)), max_size=3)))
    deleted = data.draw(st.lists(st.sampled_from([document.id for document, _ in held]), max_size=3))
    trees = data.draw(st.lists(st.one_of(clauses(), plain_queries(), leaves()), min_size=1, max_size=4))
    with tempfile.TemporaryDirectory() as place, tempfile.TemporaryDirectory() as other:
        store, whole = Store(place, create=True), Store(other, create=True)
        library = fill(store, held, cuts, deleted, False)
        fill(whole, list(library.values()), [], [], True)
        for tree in trees:
            want = dict(best_documents(Evaluation(whole.snapshot(), tree, None), 1000))
            for compiled in (kernels, None):
                got = dict(best_documents(Evaluation(store.snapshot(), tree, compiled), 1000))
                assert got == pytest.approx(want, rel=1e-6), (tree, compiled)


@pytest.mark.parametrize("k", [1, 3, 40])
def test_a_pattern_scores_alike_to_the_last_bit_however_often_it_is_met(tmp_path, k):
    store = Store(tmp_path / "ix", create=True)
    for part in range(3):
        with store.writer() as writer:
            for number in range(part, 30, 3):
                words = [f"mod{n % 7}" for n in range((number * 37) % 300)] + ["other"] * (number % 11 * 9)
                text, title = " ".join(words) or "none", "mod1 mod2" if number % 5 == 0 else None
                writer.add(
                    Document(f"d{number}", "essay", text, (Block(0, len(text)),), title=title),
                    (Passage(f"{number:016x}", 0, 0, len(text)),),
                )
    snapshot = store.snapshot()
    for query in ("mod*", "m*", "mod1*", "*d1 -other", "mod* title:mod2"):
        tree = parse(query).tree
        assert quick.ids(snapshot, tree, kernels, k, 0, False) == quick.ids(snapshot, tree, None, k, 0, False)
        # No number of one query is left to the next.
        assert quick.ids(snapshot, tree, kernels, k, 0, False) == quick.ids(snapshot, tree, None, k, 0, False)


def test_threads_that_share_a_store_get_the_same_answers(tmp_path):
    store = Store(tmp_path / "ix", create=True)
    with store.writer() as writer:
        for number in range(300):
            text = " ".join(WORDS[(number * step) % len(WORDS)] for step in range(1, 12))
            writer.add(
                Document(f"d{number}", "essay", text, (Block(0, len(text)),)),
                (Passage(f"{number:016x}", 0, 0, len(text)),),
            )
    trees = [Clauses((), tuple(Word(t, stem(t.lower())) for t in pair)) for pair in pairwise(WORDS[:-1])]
    alone = [ranked(store, tree, 10, kernels, True) for tree in trees]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda tree: ranked(store, tree, 10, kernels, True), trees * 10))
    assert together == alone * 10


def test_equally_good_passages_stand_by_id_whatever_segment_holds_them(tmp_path):
    store = Store(tmp_path / "ix", create=True)
    names = ["b", "ab", "a", "aé", "c", "ac"]
    for number, name in enumerate(names):
        with store.writer() as writer:
            writer.add(
                Document(name, "essay", "model risk", (Block(0, 10),)),
                (Passage(f"{number:016x}", 0, 0, 10),),
            )
    risk = Word("risk", "risk")
    trees = [
        Clauses((), (risk,)),
        Clauses((Word("model", "model"), risk)),
        Clauses((Expand("prefix", "ri"),)),
    ]
    trees.append(Clauses((Phrase((Word("model", "model"), risk)),)))
    for tree in trees:
        for compiled in (kernels, None):
            for k in (1, 3, 6):
                found = [key for _, (key, _) in ranked(store, tree, k, compiled, False)[0]]
                assert found == sorted(names)[:k]
