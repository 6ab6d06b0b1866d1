"""Threads: who answers whom, whatever order the documents come in and whatever is missing."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from essaysearch import Library, open_library
from essaysearch.errors import UnknownId
from essaysearch.model import Document
from essaysearch.threads import Thread, ancestors, build, replies


def document(
    id: str, parent: str | None = None, thread: str | None = None, date: str | None = None
) -> Document:
    return Document(id=id, kind="comment", text=id, parent=parent, thread=thread, date=date)


def outline(thread: Thread) -> list[str]:
    """Ids in reading order, indented by depth; stubs in brackets."""
    return [
        "  " * node.depth + (node.id if node.document else f"[{node.id}]") for node in thread.nodes.values()
    ]


TREE = [
    document("root", None, "root", "2020"),
    document("a", "root", "root", "2020-01-02T10:00:00+00:00"),
    document("b", "root", "root", "2020-01-03"),
    document("a1", "a", "root", "2020-01-05"),
    document("a2", "a", "root", "2020-01-04"),
    document("a11", "a1", "root"),
]


def test_replies_stand_under_their_parents_by_date_whatever_order_they_come_in():
    expected = ["root", "  a", "    a2", "    a1", "      a11", "  b"]
    for seed in range(20):
        shuffled = TREE[:]
        random.Random(seed).shuffle(shuffled)
        thread = build(shuffled)
        assert outline(thread) == expected
        assert thread.roots == ("root",)
        assert thread.notes == ()
    node = build(TREE).nodes["a"]
    assert (node.parent, node.children, node.depth, node.root) == ("root", ("a2", "a1"), 1, "root")


def test_a_missing_parent_is_a_stub_in_its_thread():
    thread = build([*TREE[:3], document("lost", "gone", "root", "2020-01-01")])
    assert outline(thread) == ["root", "  [gone]", "    lost", "  a", "  b"]
    assert thread.nodes["gone"].notes == ("it is not in the library; only its replies are",)
    alone = build([document("lost", "gone")])
    assert outline(alone) == ["[gone]", "  lost"]
    assert alone.nodes["lost"].root == "gone"


def test_comments_without_a_parent_hang_from_their_thread_even_where_it_is_missing():
    thread = build([document("x", None, "post", "2021"), document("y", "lost", "post", "2020")])
    assert outline(thread) == ["[post]", "  [lost]", "    y", "  x"]


def test_a_circle_of_parents_is_cut_at_its_earliest_document():
    thread = build(
        [
            document("x", "y", date="2020"),
            document("y", "z", date="2019"),
            document("z", "x"),
            document("k", "x"),
        ]
    )
    assert outline(thread) == ["y", "  x", "    k", "    z"]
    assert thread.nodes["y"].notes == ("its parents led back to it, in a circle of 3",)
    own = build([document("w", "w", "w")])
    assert outline(own) == ["w"]
    assert own.nodes["w"].notes == ("it names itself as its parent",)


def test_a_circle_through_a_stub_is_cut_at_the_stub():
    thread = build([document("root", "gone", "root")])
    assert outline(thread) == ["[gone]", "  root"]


def test_of_documents_with_one_id_the_first_counts_and_the_rest_are_told():
    thread = build([document("a", date="2020"), document("a", date="2021"), document("a")])
    assert thread.nodes["a"].document.date == "2020"
    assert thread.notes == ("2 with an id that was met before were left out; the first counts",)


def test_siblings_are_ordered_by_instant_then_id_and_the_undated_come_last():
    dates = {
        "f": None, "e": "2021", "d": "2020-06-01T00:30:00+02:00", "c": "2020-06",
        "b": "2020-05-31T23:00:00+00:00", "a": "2020-06",
    }  # fmt: skip
    thread = build([document("r"), *(document(id, "r", date=date) for id, date in dates.items())])
    assert thread.nodes["r"].children == ("d", "b", "a", "c", "e", "f")


def test_several_threads_make_a_forest():
    thread = build([document("b", date="2021"), document("a", date="2020"), document("c", "b")])
    assert thread.roots == ("a", "b")
    assert outline(thread) == ["a", "b", "  c"]


def test_ancestors_run_from_the_root_down_and_replies_in_reading_order():
    thread = build(TREE)
    assert [node.id for node in ancestors(thread, "a11")] == ["root", "a", "a1"]
    assert [node.id for node in replies(thread, "a")] == ["a2", "a1", "a11"]
    assert ancestors(thread, "root") == ()
    with pytest.raises(UnknownId, match='holds no document "nobody"'):
        ancestors(thread, "nobody")


def test_a_thread_ten_thousand_deep_is_built_and_walked():
    chain = [document(str(n), str(n - 1) if n else None, "0") for n in range(10_000)]
    random.Random(0).shuffle(chain)
    thread = build(chain)
    assert max(node.depth for node in thread.nodes.values()) == 9_999
    assert len(ancestors(thread, "9999")) == 9_999
    assert len(replies(thread, "0")) == 9_999


def test_every_document_stands_in_the_forest_once_whatever_its_parents_say():
    for seed in range(200):
        chance = random.Random(seed)
        ids = [str(n) for n in range(chance.randrange(1, 12))]
        pick = [*ids, "gone", None]
        documents = [
            document(id, chance.choice(pick), chance.choice(pick), chance.choice(["2020", "2021-05", None]))
            for id in ids
        ]
        thread = build(documents)
        assert set(ids) <= set(thread.nodes)
        for id, node in thread.nodes.items():
            if node.parent is None:
                assert (node.depth, node.root) == (0, id)
                assert id in thread.roots
            else:
                above = thread.nodes[node.parent]
                assert id in above.children
                assert (node.depth, node.root) == (above.depth + 1, above.root)
        assert len(thread.nodes) == len(thread.roots) + sum(
            len(node.children) for node in thread.nodes.values()
        )
        assert build(reversed(documents)).nodes.keys() == thread.nodes.keys()


def test_no_documents_make_no_thread():
    assert build([]) == Thread({}, ())


def only_parents() -> list[Document]:
    """Two threads of which the documents name what they answer, and nothing names a thread."""
    answers = {"a": "top", "b": "a", "c": "b", "lost": "gone", "found": "lost", "x": "y", "y": "x"}
    told = [document(id, parent) for id, parent in answers.items()]
    return [*told, document("top"), document("alone"), document("d", "told"), document("told", None, "post")]


@pytest.fixture(params=["in one run", "answers first", "each in a segment of its own"])
def threaded(request: pytest.FixtureRequest, tmp_path: Path) -> Library:
    """A library of `only_parents`, filled in different ways."""
    library = open_library(tmp_path / "index", create=True)
    documents = only_parents()
    if request.param == "in one run":
        library.add(documents)
    elif request.param == "answers first":
        library.add(documents[:7])
        library.add(documents[7:])
    else:
        for one in documents:
            library.add(one)
    return library


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("thread:top", {"top", "a", "b", "c"}),
        ("thread:gone", {"lost", "found"}),
        ("thread:x", {"x", "y"}),
        ("thread:post", {"told", "d"}),
        ("thread:alone", {"alone"}),
        ("thread:a", set()),
        ("has:thread", {"top", "a", "b", "c", "lost", "found", "x", "y", "told", "d"}),
        ("same:thread(top AND c)", {"top", "c"}),
        ("same:thread(top AND alone)", set()),
    ],
)
def test_threads_that_only_parents_tell_are_found(threaded: Library, query: str, ids: set[str]) -> None:
    assert {hit.doc_id for hit in threaded.search(query, k=20)} == ids


def test_results_roll_up_by_threads_that_only_parents_tell(threaded: Library) -> None:
    found = threaded.search("top OR b OR c OR lost OR found OR alone", k=20, group="thread")
    assert sorted(hit.size or 0 for hit in found) == [1, 2, 3]


def test_a_thread_grows_a_root_when_the_missing_parent_comes(threaded: Library) -> None:
    threaded.add(document("gone", "older"))
    assert {hit.doc_id for hit in threaded.search("thread:older", k=20)} == {"gone", "lost", "found"}
    assert not threaded.search("thread:gone", k=20)
