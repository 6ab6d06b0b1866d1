"""Stock Whoosh over our directory: reads what we find, by its own slow way; writes nothing."""

from __future__ import annotations

import dataclasses
import fnmatch
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from whoosh import fields, index, qparser, query
from whoosh.codec.base import Segment as WhooshSegment

from essaysearch.columnar import manifest as manifests
from essaysearch.columnar.codec import ColumnarCodec, toc_name
from essaysearch.columnar.evaluate import Evaluation
from essaysearch.columnar.schema import KEYWORDS, FoldedStems
from essaysearch.columnar.store import Store
from essaysearch.errors import EssaysearchError, ForeignWriter, IndexDamaged
from essaysearch.text.analysis import stem, terms, tokens
from essaysearch.tree import (
    AnyFilter,
    Clauses,
    Every,
    Expand,
    Filter,
    Like,
    Named,
    Nothing,
    Phrase,
    Same,
    Word,
)
from truth import FIELDS, Library, entries, examples, expected, field_texts, library_of, plain_entry

quiet = settings(deadline=None, suppress_health_check=list(HealthCheck))
Key = tuple[str, int]


def fill(place: str, held, cuts, deleted) -> Store:
    store = Store(place, create=True)
    for begin, end in zip([0, *cuts], [*cuts, len(held)], strict=True):
        with store.writer(fast=False) as pen:
            for entry in held[begin:end]:
                pen.add(*entry)
    with store.writer(fast=False) as pen:
        for key in deleted:
            pen.delete(key)
    return store


def found(searcher, what) -> list[Key]:
    return sorted((hit["doc_id"], hit["number"]) for hit in searcher.search(what, limit=None))


@pytest.fixture
def garden(tmp_path):
    """Three documents in two segments, one more deleted."""
    text = "The mesa optimisers deceive.\n\nDeceptive alignment in models\n\nModels garden walls"
    facts = {"title": "On Models", "authors": ("Odile Fenn", "Lane, Ada"), "url": "http://example.org/a"}
    held = [
        plain_entry("a", text, karma=4.0, **facts),
        plain_entry("b", "alignment of deceptive walls\n\nnothing else", title="Other", date="2023-06"),
        plain_entry("c", "deceptive alignment again", authors=("Odile Fenn",), kind="comment"),
    ]
    fill(str(tmp_path), held, [2], ["b"])
    return tmp_path


# Reading


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("deceptive", [("a", 1), ("c", 0)]),
        ('"deceptive alignment"', [("a", 1), ("c", 0)]),
        ('"alignment deceptive"', []),
        ("deceptive AND models", [("a", 1)]),
        ("garden OR again", [("a", 2), ("c", 0)]),
        ("models NOT garden", [("a", 1)]),
        ("title:model", [("a", 0), ("a", 1), ("a", 2)]),
        ("answers:alignment", [("a", 2)]),
        ("mod*", [("a", 1), ("a", 2)]),
        ("deceiv?", [("a", 0)]),
        ("author:'Lane, Ada'", [("a", 0), ("a", 1), ("a", 2)]),
        ("kind:comment", [("c", 0)]),
        ("voice:quoted", [("a", 1)]),
        ("id:c", [("c", 0)]),
        ("url:http*", [("a", 0), ("a", 1), ("a", 2)]),
    ],
)
def test_stock_whoosh_and_its_own_parser_find_the_passages(garden, text, keys):
    reading = index.open_dir(str(garden))
    with reading.searcher() as searcher:
        assert found(searcher, qparser.QueryParser("body", reading.schema).parse(text)) == keys


def test_stock_whoosh_ranks_counts_highlights_and_suggests(garden):
    reading = index.open_dir(str(garden))
    with reading.searcher() as searcher:
        results = searcher.search(
            query.Or([query.Term("body", "garden"), query.Term("body", "model")]), limit=1
        )
        assert (results[0]["doc_id"], results[0]["number"]) == ("a", 2)
        assert "<b" in results[0].highlights("body")
        assert searcher.doc_count() == 4
        assert searcher.doc_count_all() == 6
        assert searcher.suggest("body", "gardn") == ["garden"]
        assert found(searcher, query.FuzzyTerm("body", "gardn")) == [("a", 2)]
        assert found(searcher, query.TermRange("body", "f", "h")) == [("a", 2)]
        assert found(searcher, query.Every()) == [("a", 0), ("a", 1), ("a", 2), ("c", 0)]
        assert searcher.document(id="c")["text"] == "deceptive alignment again"


def test_stored_fields_tell_what_the_passage_is(garden):
    with index.open_dir(str(garden)).searcher() as searcher:
        hit = searcher.search(query.Term("answers", "align"))[0].fields()
        assert hit == {
            "id": "a", "doc_id": "a", "number": 2, "kind": "essay", "voice": "own", "title": "On Models",
            "author": ("Odile Fenn", "Lane, Ada"), "url": "http://example.org/a", "karma": 4.0,
            "text": "Models garden walls", "body": "Models garden walls", "start": 61, "end": 80,
            "answers": "Deceptive alignment in models", "passage_id": hit["passage_id"],
        }  # fmt: skip
        assert Store(garden).snapshot().locate(hit["passage_id"])[1] == 2


def test_an_empty_index_opens_and_finds_nothing(tmp_path):
    Store(tmp_path / "ix", create=True)
    with index.open_dir(str(tmp_path / "ix")).searcher() as searcher:
        assert found(searcher, query.Every()) == []


def test_the_analyzer_gives_whoosh_our_terms_and_their_places():
    analyzer = FoldedStems()
    text = "Lukošiūtė's models, “the” garden"
    told = [(t.text, t.pos, t.startchar, t.endchar) for t in analyzer(text, positions=True, chars=True)]
    assert told == [(t.term, n, t.start, t.end) for n, t in enumerate(tokens(text))]
    assert [token.text for token in analyzer(text, mode="query")] == terms(text)


# The same by brute force


class Brute:
    """Whoosh's queries decided by reading every passage."""

    def __init__(self, library: Library) -> None:
        self.words: dict[Key, dict[str, list[str]]] = {}
        self.keywords: dict[Key, dict[str, set[str]]] = {}
        for document, passages in library.values():
            for passage in passages:
                key = (document.id, passage.number)
                texts = field_texts(document, passages, passage)
                self.words[key] = {name: terms(text) for name, text in zip(FIELDS, texts, strict=True)}
                values = {name: getattr(document, column) for name, column in KEYWORDS.items()}
                told = {name: {v} if isinstance(v, str) else set(v or ()) for name, v in values.items()}
                single = {
                    name: held - {""} if name not in ("author", "category") else held
                    for name, held in told.items()
                }
                self.keywords[key] = {**single, "voice": {passage.voice}}

    def values(self, key: Key, field: str) -> list[str]:
        return self.words[key][field] if field in FIELDS else sorted(self.keywords[key][field])

    def meets(self, what, key: Key) -> bool:
        if isinstance(what, query.Term):
            return what.text in self.values(key, what.fieldname)
        if isinstance(what, query.Prefix):
            return any(value.startswith(what.text) for value in self.values(key, what.fieldname))
        if isinstance(what, query.Wildcard):
            return any(fnmatch.fnmatchcase(value, what.text) for value in self.values(key, what.fieldname))
        if isinstance(what, query.Phrase):
            held, size = self.values(key, what.fieldname), len(what.words)
            return any(held[at : at + size] == what.words for at in range(len(held) - size + 1))
        if isinstance(what, query.And):
            return all(self.meets(part, key) for part in what)
        if isinstance(what, query.Or):
            return any(self.meets(part, key) for part in what)
        assert isinstance(what, query.Not)
        return not self.meets(what.query, key)

    def find(self, what) -> list[Key]:
        return sorted(key for key in self.words if self.meets(what, key))


TEXT = [
    "model models modeling the The a risk café deceptive it's",
    "train training\n\nmodel the model the",
    "日本 risk risks",
]
stems = st.sampled_from(sorted({term for text in TEXT for term in terms(text)} | {"absent"}))
names = st.sampled_from(FIELDS)

leaves = st.one_of(
    st.builds(query.Term, names, stems),
    st.builds(query.Prefix, names, st.sampled_from(["m", "t", "ri", "日", "zz"])),
    st.builds(query.Wildcard, names, st.sampled_from(["*o*", "m?del", "?", "*k"])),
    st.builds(query.Phrase, names, st.lists(stems, min_size=2, max_size=3)),
    st.builds(query.Term, st.just("author"), st.sampled_from(["Ada Lane", "Odile Fenn", "Ada"])),
    st.builds(query.Term, st.just("voice"), st.sampled_from(["own", "quoted", "unknown"])),
    st.builds(query.Term, st.just("id"), st.sampled_from(["d0", "d1"])),
    st.builds(query.Prefix, st.just("category"), st.sampled_from(["", "Ka"])),
    st.builds(query.Wildcard, st.just("author"), st.sampled_from(["*Lane", "von*"])),
)
positive = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(query.And, st.lists(inner, min_size=1, max_size=3)),
        st.builds(query.Or, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda a, b: query.And([a, query.Not(b)]), inner, inner),
    ),
    max_leaves=5,
)
plain_entries = st.builds(
    lambda number, parts, title: plain_entry(f"d{number}", "\n\n".join(parts), title=title),
    st.integers(0, 9),
    st.lists(st.sampled_from(TEXT), min_size=1, max_size=3),
    st.sampled_from([None, *TEXT]),
)
libraries = st.lists(entries() | plain_entries, min_size=1, max_size=8)


@st.composite
def indexes(draw):
    held = draw(libraries)
    cuts = sorted(draw(st.lists(st.integers(0, len(held)), max_size=2)))
    deleted = draw(st.lists(st.sampled_from([document.id for document, _ in held]), max_size=2))
    return held, cuts, deleted


@settings(quiet, max_examples=examples(40))
@given(indexes(), st.lists(positive, min_size=1, max_size=6))
def test_stock_whoosh_finds_what_reading_every_passage_finds(made, queries):
    held, cuts, deleted = made
    library = {key: entry for key, entry in library_of(held).items() if key not in deleted}
    with tempfile.TemporaryDirectory() as place:
        fill(place, held, cuts, deleted)
        brute = Brute(library)
        with index.open_dir(place).searcher() as searcher:
            for what in queries:
                assert found(searcher, what) == brute.find(what), what


@settings(quiet, max_examples=examples(30))
@given(indexes())
def test_every_term_position_length_and_count_reads_through_whoosh(made):
    held, cuts, deleted = made
    library = {key: entry for key, entry in library_of(held).items() if key not in deleted}
    wanted: dict[tuple[str, str], dict[Key, list[int]]] = {}
    lengths: dict[Key, list[int]] = {}
    for document, passages in library.values():
        for passage in passages:
            texts = field_texts(document, passages, passage)
            key = (document.id, passage.number)
            lengths[key] = [len(tokens(text)) for text in texts]
            for name, text in zip(FIELDS, texts, strict=True):
                for place, term in enumerate(terms(text)):
                    wanted.setdefault((name, term), {}).setdefault(key, []).append(place)
    with tempfile.TemporaryDirectory() as place:
        fill(place, held, cuts, deleted)
        reader = index.open_dir(place).reader()
        told: dict[tuple[str, str], dict[Key, list[int]]] = {}
        everything = list(reader.all_terms())
        assert everything == sorted(set(everything))
        for name, raw in everything:
            assert (name, raw) in reader
            if name not in FIELDS:
                continue
            matcher, most = reader.postings(name, raw), 0
            info = reader.term_info(name, raw)
            while matcher.is_active():
                stored = reader.stored_fields(matcher.id())
                key = (stored["doc_id"], stored["number"])
                places = matcher.value_as("positions")
                assert [span.start for span in matcher.spans()] == places
                assert matcher.weight() == matcher.value_as("frequency") == len(places)
                most = max(most, len(places))
                told.setdefault((name, raw.decode()), {})[key] = places
                matcher.next()
            assert info.max_weight() >= most
            assert info.min_length() <= info.max_length()
        assert told == wanted
        assert set(expected(library)) == {term for name, term in wanted}
        for number in reader.all_doc_ids():
            stored = reader.stored_fields(number)
            length = lengths.pop((stored["doc_id"], stored["number"]))
            assert [reader.doc_field_length(number, name) for name in FIELDS] == length
        assert lengths == {}
        reader.close()


# Our trees through stock Whoosh: what the evaluator finds


def word(text: str, *more) -> Word:
    return Word(text, stem("".join(token.surface for token in tokens(text))), *more)


asked = st.sampled_from(
    [None, None, ("title",), ("own",), ("quote",), ("answers",), ("section",), ("body",), ("title", "own")]
)
typed = st.sampled_from(["model", "models", "the", "The", "risk", "café", "Café", "training", "absent", "日"])
word_nodes = st.builds(word, typed, asked, st.booleans())
patterns = st.sampled_from(
    [
        ("prefix", "mod"),
        ("prefix", "t"),
        ("wildcard", "*ing"),
        ("wildcard", "ri?k*"),
        ("fuzzy", "modle"),
        ("regex", "(mod|t).*s?"),
    ]
)
phrases = st.builds(
    lambda words, slop, ordered, asked: Phrase(
        tuple(words), slop if len(words) > 1 else 0, ordered or not slop, asked
    ),
    st.lists(st.builds(word, typed), min_size=1, max_size=3),
    st.sampled_from([0, 0, 1, 2, 4]),
    st.booleans(),
    asked,
)
conditions = st.sampled_from(
    [
        Filter("kind", "is", "essay"),
        Filter("author", "is", "lane"),
        Filter("author", "has", None),
        Filter("voice", "is", "quoted"),
        Filter("karma", "range", (2, None)),
        Filter("date", "range", ("2023-06-01", "2023-06-30")),
        Filter("title", "has", None),
        AnyFilter((Filter("id", "is", "d1"), Filter("author", "is", "odile fenn"))),
    ]
)
tree_leaves = st.one_of(
    word_nodes,
    word_nodes,
    phrases,
    st.builds(lambda p, f: Expand(*p, int(p[0] == "fuzzy"), f), patterns, asked),
    conditions,
)
trees = st.recursive(
    tree_leaves,
    lambda inner: st.one_of(
        st.builds(
            lambda *parts: Clauses(*map(tuple, parts)),
            st.lists(inner, max_size=2),
            st.lists(inner, max_size=3),
            st.lists(inner, max_size=1),
            st.lists(conditions, max_size=1),
        ),
        st.builds(Same, st.sampled_from(["passage", "document"]), inner),
    ),
    max_leaves=6,
)


@settings(quiet, max_examples=examples(40))
@given(indexes(), st.lists(st.one_of(trees, st.just(Every()), st.just(Nothing())), min_size=1, max_size=5))
def test_our_trees_match_the_same_under_stock_whoosh_as_under_our_evaluator(made, asked_for):
    held, cuts, deleted = made
    with tempfile.TemporaryDirectory() as place:
        snapshot = fill(place, held, cuts, deleted).snapshot()
        with index.open_dir(place).searcher() as searcher:
            for tree in asked_for:
                wanted = []
                for view in snapshot.views:
                    for number in Evaluation(snapshot, tree).matches(view).docs:
                        row = view.segment.passage(int(number))
                        wanted.append((view.segment.keyword("id", row.document), row.passage.number))
                assert found(searcher, tree) == sorted(wanted), tree


def test_nodes_that_stand_for_others_say_so_under_stock_whoosh(garden):
    with index.open_dir(str(garden)).searcher() as searcher:
        for node in (Named("deceptive-alignment"), Like("0" * 16)):
            with pytest.raises(EssaysearchError, match="open_library"):
                searcher.search(node, limit=None)


def test_our_trees_over_an_index_of_whoosh_alone_are_refused_with_a_sentence(tmp_path):
    made = index.create_in(str(tmp_path), fields.Schema(body=fields.TEXT, id=fields.ID))
    with made.writer() as pen:
        pen.add_document(body="some words")
    with (
        made.searcher() as searcher,
        pytest.raises(EssaysearchError, match="does not read an essaysearch index"),
    ):
        searcher.search(Expand("prefix", "wor"), limit=None)


# The table of contents


def test_the_table_of_contents_bears_the_generation_of_the_manifest_and_old_ones_go(tmp_path):
    store = Store(tmp_path, create=True)
    for number in range(4):
        generation = store.snapshot().manifest.generation
        assert index.open_dir(str(tmp_path)).latest_generation() == generation == number
        tocs = {name for name in os.listdir(tmp_path) if name.endswith(".toc")}
        assert tocs == {toc_name(n) for n in (generation - 1, generation) if n >= 0}
        assert not [name for name in os.listdir(tmp_path) if ".toc." in name]
        with store.writer(fast=False) as pen:
            pen.add(*plain_entry(f"d{number}", "words"))


def test_a_table_of_contents_that_was_lost_is_written_again_by_the_next_writer(garden):
    for toc in garden.glob("*.toc"):
        toc.unlink()
    Store(garden).writer(fast=False).commit()
    with index.open_dir(str(garden)).searcher() as searcher:
        assert found(searcher, query.Term("body", "again")) == [("c", 0)]


def test_stock_whoosh_keeps_its_state_while_we_commit_and_merge(garden):
    reading = index.open_dir(str(garden))
    with reading.searcher() as searcher:
        for number in range(3):
            pen = Store(garden).writer(fast=False)
            pen.add(*plain_entry(f"n{number}", "deceptive alignment anew"))
            pen.delete("c")
            pen.commit(optimize=True)
        assert found(searcher, query.Term("body", "again")) == [("c", 0)]
        assert not searcher.up_to_date()
    assert not reading.is_empty()
    with reading.searcher() as searcher:
        assert found(searcher, query.Term("body", "again")) == []
        assert ("n2", 0) in found(searcher, query.Term("body", "anew"))


def test_stock_whoosh_that_reads_while_another_process_commits_finds_a_whole_commit(tmp_path):
    with Store(tmp_path, create=True).writer(fast=False) as pen:
        pen.add(*plain_entry("d0", "document 0"))
    script = (
        f"import sys; sys.path[:0] = {sys.path!r}\n"
        "from essaysearch.columnar.store import Store\n"
        "from truth import plain_entry\n"
        f"store = Store({str(tmp_path)!r})\n"
        "for number in range(1, 26):\n"
        "    pen = store.writer(fast=False)\n"
        "    pen.add(*plain_entry(f'd{number}', f'document {number}'))\n"
        "    pen.commit(optimize=True)\n"
    )

    def read() -> None:
        for _ in range(20):
            try:
                reading = index.open_dir(str(tmp_path))
                with reading.searcher() as searcher:
                    keys = found(searcher, query.Term("body", "document"))
            except FileNotFoundError:  # a commit between its looks: asked to try again
                time.sleep(0.01)
                continue
            assert [key for key, _ in keys] == sorted(f"d{n}" for n in range(len(keys)))
            return
        raise AssertionError("Whoosh could not read the index in 20 tries")

    with subprocess.Popen([sys.executable, "-c", script]) as child:
        while child.poll() is None:
            read()
    assert child.returncode == 0


def test_damage_is_named_under_stock_whoosh_too(garden):
    entry = manifests.load(garden).segments[0]
    (garden / entry["file"]).write_bytes(b"\0" * entry["size"])
    with pytest.raises(IndexDamaged, match=entry["file"]):
        index.open_dir(str(garden)).searcher()


# Writing is refused


@pytest.mark.parametrize("act", ["writer", "optimize", "delete_by_term", "add_field"])
def test_stock_whoosh_may_not_write_and_leaves_nothing_and_no_lock(garden, act):
    before = {path.name: path.read_bytes() for path in garden.iterdir()}
    arguments = {"delete_by_term": ("id", "c"), "add_field": ("more", fields.ID())}.get(act, ())
    with pytest.raises(ForeignWriter, match=r"essaysearch index PATHS"):
        getattr(index.open_dir(str(garden)), act)(*arguments)
    assert {path.name: path.read_bytes() for path in garden.iterdir()} == before
    with Store(garden).writer(fast=False, timeout=1.0) as pen:
        pen.add(*plain_entry("d", "one more"))


def test_every_writing_part_of_the_codec_refuses(garden):
    codec = ColumnarCodec()
    segment = index.open_dir(str(garden))._segments()[0]
    for act in (
        lambda: codec.per_document_writer(None, segment),
        lambda: codec.field_writer(None, segment),
        lambda: codec.postings_writer(None),
        lambda: codec.postings_reader(None, None, None),
        lambda: codec.new_segment(None, "MAIN"),
        segment.doc_count_all,
        lambda: segment.delete_document(0),
        lambda: segment.set_doc_count(3),
        lambda: segment.is_deleted(0),
        segment.deleted_docs,
    ):
        with pytest.raises(ForeignWriter):
            act()
    assert not segment.should_assemble()


def write_with_whoosh(place: Path, monkeypatch, compound: bool) -> None:
    """Let stock Whoosh write in spite of us, as a version that does not ask would."""
    with monkeypatch.context() as context:
        context.setattr("essaysearch.columnar.codec.ColumnarSegment.doc_count_all", lambda self: 3)
        pen = index.open_dir(str(place)).writer(compound=compound)
        pen.add_document(body="foreign words")
        pen.commit(merge=False)


@pytest.mark.parametrize("compound", [True, False])
def test_what_stock_whoosh_wrote_anyway_is_named_and_refused(garden, monkeypatch, compound):
    store = Store(garden)
    write_with_whoosh(garden, monkeypatch, compound)
    for act in (lambda: Store(garden), lambda: Store(garden, create=True), lambda: store.writer(timeout=0.5)):
        with pytest.raises(ForeignWriter) as caught:
            act()
        assert f"essaysearch index --rebuild PATHS --index {garden}" in str(caught.value)
        assert str(garden / "MAIN_") in str(caught.value) or ".toc" in str(caught.value)


def test_a_later_table_of_contents_of_another_program_is_named_and_refused(garden):
    store = Store(garden)
    generation = store.snapshot().manifest.generation
    (garden / toc_name(generation + 1)).write_bytes(b"theirs")
    for act in (lambda: Store(garden), lambda: store.writer(timeout=0.5)):
        with pytest.raises(ForeignWriter, match=toc_name(generation + 1).replace(".", r"\.")):
            act()
    (garden / toc_name(generation + 1)).unlink()
    (garden / "_MAIN_x.toc").write_bytes(b"nothing of Whoosh's")
    assert Store(garden).snapshot().passages == 4


def test_an_index_that_whoosh_made_anew_over_ours_is_read_on_as_ours(garden):
    index.create_in(str(garden), fields.Schema(body=fields.TEXT))
    store = Store(garden)
    assert store.snapshot().passages == 4
    with store.writer(fast=False) as pen:
        pen.add(*plain_entry("d", "one more"))
    with index.open_dir(str(garden)).searcher() as searcher:
        assert found(searcher, query.Term("body", "more")) == [("d", 0)]


def test_segments_of_ours_are_what_the_table_lists(garden):
    listed = index.open_dir(str(garden))._segments()
    assert all(isinstance(segment, WhooshSegment) for segment in listed)
    entries_ = manifests.load(garden).segments
    assert [segment.entry for segment in listed] == list(entries_)
    assert [sorted(segment.list_files(_Listing(garden))) for segment in listed] == [
        sorted(name for name in os.listdir(garden) if name.startswith(f"MAIN_{entry['name']}."))
        for entry in entries_
    ]
    assert [segment.doc_count() for segment in listed] == [
        entry["averages"]["passages"] for entry in entries_
    ]
    assert [segment.has_deletions() for segment in listed] == [True, False]


@dataclasses.dataclass
class _Listing:
    place: Path

    def list(self) -> list[str]:
        return os.listdir(self.place)
