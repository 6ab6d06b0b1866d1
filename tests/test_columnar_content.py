"""What is written is what is read: postings, positions, texts and records, however the index is cut."""

from __future__ import annotations

import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from essaysearch.columnar import bits, merge, streams, writer
from essaysearch.columnar.arrayfile import ArrayFile, ArrayFileWriter
from essaysearch.columnar.blocks import unpack
from essaysearch.columnar.names import Names, put_names
from essaysearch.columnar.packing import Packed, pack
from essaysearch.columnar.postings import BLOCK, FIELDS, MAX_CODE, Postings
from essaysearch.columnar.rows import Plain
from essaysearch.columnar.segment import KERNEL_ARRAYS
from essaysearch.columnar.store import Store, numba_present
from essaysearch.columnar.streams import Stream, StreamWriter, merge_streams
from essaysearch.columnar.strings import strings_of
from essaysearch.model import Block, Document, Passage
from essaysearch.text import ids
from truth import assert_holds, dates, entries, examples, lines, names, plain_entry, texts

quiet = settings(deadline=None, suppress_health_check=list(HealthCheck))
FAST = [
    False,
    pytest.param(True, marks=pytest.mark.skipif(not numba_present(), reason="needs the extra `fast`")),
]


# Integers and postings to bytes and back


@settings(quiet, max_examples=examples(80))
@given(st.lists(st.tuples(st.integers(0, bits.MOST), st.integers(0, 2**bits.MOST - 1), st.integers(0, 70))))
def test_integers_of_any_width_come_back_from_any_place(drawn):
    width, values, gaps = (np.array([row[n] for row in drawn], np.int64) for n in range(3))
    values &= (1 << width) - 1
    ends = np.cumsum(gaps + width)
    words = np.zeros(int(ends.max(initial=0)) // 64 + 1, "<u8")
    bits.put(words, ends - width, values, width)
    data = words.view(np.uint8)[: (int(ends.max(initial=0)) + 7) // 8]
    assert bits.get(bits.windows(data), ends - width, width).tolist() == values.tolist()
    narrow = width <= 9
    held = bits.windows(data, int(width[narrow].max(initial=0)))
    assert bits.get(held, (ends - width)[narrow], width[narrow]).tolist() == values[narrow].tolist()
    assert bits.width_of(values).tolist() == [int(value).bit_length() for value in values]


gaps = st.sampled_from([1, 1, 1, 2, 100, 300, 9_000, 70_000, 10_000_000])
times = st.sampled_from([0, 0, 0, 1, 2, 3, 300])
jumps = st.sampled_from([1, 1, 2, 100, 300, 70_000, 20_000_000])


@st.composite
def postings(draw):
    """Sorted postings of a few terms, and how many surfaces each term has."""
    post, docs, codes, exc, occ, pos, ord_ = [0], [], [], [], [0], [], []
    surfaces = []
    for _ in range(draw(st.integers(0, 5))):
        surfaces.append(draw(st.sampled_from([1, 1, 2, 256, 257, 60_000])))
        doc = draw(st.sampled_from([0, 0, 5, 300]))
        repeat = draw(st.sampled_from([1, 1, 40]))
        for step, kind in draw(st.lists(st.tuples(gaps, st.integers(0, 9)), min_size=1, max_size=8)) * repeat:
            frequencies = [draw(times) for _ in range(FIELDS)] if kind == 0 else [kind, 0, 0, 0]
            if kind == 1:
                frequencies[0] = MAX_CODE + draw(st.integers(-1, 1))
            total = sum(frequencies)
            if not total:
                continue
            docs.append(doc)
            doc += step
            plain = not any(frequencies[1:]) and total <= MAX_CODE
            codes.append(total if plain else 0)
            if not plain:
                exc.append(frequencies)
            jump = draw(jumps) if total < 10 else 1
            pos += [5 + jump * n for n in range(total)]
            ord_ += [(7 * n + doc) % surfaces[-1] for n in range(total)]
            occ.append(len(pos))
        if len(docs) == post[-1]:
            surfaces.pop()
        else:
            post.append(len(docs))
    made = Postings(
        np.array(post, np.int64), np.array(docs, np.uint32), np.array(codes, np.uint8),
        np.array(exc, np.int64).reshape(-1, FIELDS), np.array(occ, np.int64), np.array(pos, np.uint32),
        np.array(ord_, np.uint16),
    )  # fmt: skip
    return made, np.array(surfaces, np.int64)


def between(whole: Postings, low: int, high: int) -> Postings:
    """The postings of a range of terms, by slicing."""
    begin, end = int(whole.post[low]), int(whole.post[high])
    first, last = int(whole.occ[begin]), int(whole.occ[end])
    exceptional = whole.codes == 0
    return Postings(
        whole.post[low : high + 1] - begin, whole.docs[begin:end], whole.codes[begin:end],
        whole.exc[int(exceptional[:begin].sum()) : int(exceptional[:end].sum())],
        whole.occ[begin : end + 1] - first, whole.pos[first:last], whole.ord[first:last],
    )  # fmt: skip


def assert_equal(found: Postings, wanted: Postings) -> None:
    for name in Postings._fields:
        np.testing.assert_array_equal(getattr(found, name), getattr(wanted, name), err_msg=name)


@settings(quiet, max_examples=examples(80))
@given(postings(), st.data())
def test_packed_postings_unpack_to_what_they_were_whole_or_by_any_range_of_terms(made, data):
    whole, surfaces = made
    arrays = pack(whole)
    terms = len(surfaces)
    low = data.draw(st.integers(0, terms))
    for begin, end in ((0, terms), (low, data.draw(st.integers(low, terms)))):
        assert_equal(unpack(lambda name, i, j: arrays[name][i:j], begin, end), between(whole, begin, end))


@settings(quiet, max_examples=examples(40))
@given(postings(), st.data())
def test_postings_packed_run_by_run_are_those_packed_at_once(made, data):
    whole, surfaces = made
    cuts = sorted({0, len(surfaces), *data.draw(st.lists(st.integers(0, len(surfaces)), max_size=3))})
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "file"
        packed = Packed(tempfile.TemporaryFile)
        for low, high in pairwise(cuts):
            packed.extend(pack(between(whole, low, high)))
        target = ArrayFileWriter(path)
        packed.write(target)
        target.close({})
        file = ArrayFile(path)
        for name, values in pack(whole).items():
            np.testing.assert_array_equal(file.array(name), values, err_msg=name)


@pytest.mark.skipif(not numba_present(), reason="needs the extra `fast`")
@settings(quiet, max_examples=examples(40))
@given(postings())
def test_both_packings_are_the_same_bytes_and_the_kernels_read_them(made):
    from essaysearch.columnar import kernels

    whole, surfaces = made
    arrays = pack(whole)
    for name, values in pack(whole, fast=True).items():
        np.testing.assert_array_equal(values, arrays[name], err_msg=name)
    pieces, places, at = [], {}, 0
    for name in KERNEL_ARRAYS:
        held = np.ascontiguousarray(arrays.get(name, np.zeros(1, np.uint8))).view(np.uint8)
        places[name] = at
        pieces.append(np.pad(held, (0, -len(held) % 8)))
        at += len(pieces[-1])
    sizes = arrays["block_size"]
    widths = [arrays["block_at"].itemsize, arrays["block_pos"].itemsize, 4]
    told = np.array([*places.values(), len(sizes), *widths, 1 << 16, len(surfaces)])
    docs, table = np.empty(len(whole.docs), np.int64), np.empty((len(whole.docs), FIELDS), np.int64)
    room = np.empty(BLOCK, np.int64)
    kernels.frequencies(np.concatenate(pieces), told, 0, len(sizes), room, docs, table)
    assert docs.tolist() == whole.docs.tolist()
    wanted = np.zeros((len(docs), FIELDS), np.int64)
    wanted[:, 0] = whole.codes
    wanted[whole.codes == 0] = whole.exc
    np.testing.assert_array_equal(table, wanted)


# Arrays, streams, names

dtypes = st.sampled_from([np.uint8, np.uint16, np.uint32, np.uint64, np.int64, np.float32, np.float64])


@settings(quiet, max_examples=examples(40))
@given(
    st.lists(st.tuples(dtypes, st.lists(st.integers(0, 200), max_size=300)), max_size=6),
    st.sampled_from([64, 1 << 16]),
)
def test_arrays_come_back_as_they_were_put(arrays, page):
    with tempfile.TemporaryDirectory() as place, patch("essaysearch.columnar.arrayfile.PAGE", page):
        path = Path(place) / "file"
        target = ArrayFileWriter(path)
        for number, (dtype, values) in enumerate(arrays):
            target.put(f"a{number}", np.array(values, dtype))
        told = target.close({"fact": [1, "x"]})
        file = ArrayFile(path, told["size"], told["crc"])
        assert file.facts == {"fact": [1, "x"]}
        for number, (dtype, values) in enumerate(arrays):
            np.testing.assert_array_equal(file.array(f"a{number}"), np.array(values, dtype))
        assert file.verify() <= told["size"]


@settings(quiet, max_examples=examples(40))
@given(
    st.sampled_from([np.uint8, np.uint16, np.uint32, np.uint64, np.int64]),
    st.lists(st.integers(0, 9), max_size=5)
    | st.builds(range, st.integers(0, 9), st.integers(9, 99), st.just(3)),
)
def test_even_arrays_come_back_and_take_no_room(dtype, held):
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "file"
        target = ArrayFileWriter(path)
        values = np.array(held, dtype)
        target.put_even("a", values)
        target.put("b", values)
        target.close({})
        for reading in ("view", "array"):
            file = ArrayFile(path)
            found = getattr(file, reading)("a")
            file.touch("a", 0, len(values))
            assert found.dtype == dtype
            np.testing.assert_array_equal(found, values)
            np.testing.assert_array_equal(file.array("a"), values)
        assert file.verify() <= 64 * 2 + 2 * values.nbytes


pieces_of_streams = st.lists(
    st.binary(max_size=40)
    | st.builds(b"".join, st.lists(st.sampled_from([b"garden ", b"wall "]), max_size=99)),
    max_size=60,
)


def small_streams(raw: int, sample: int):
    """Blocks of ``raw`` bytes, twice that without a dictionary; dictionaries from ``sample`` bytes on."""
    sizes = {"RAW": raw, "ALONE": 2 * raw, "SAMPLE": sample, "DICTIONARY": 300, "_GATHERED": 4 * raw}
    return patch.multiple(streams, **sizes)


def written(
    place: Path, name: str, pool: ThreadPoolExecutor, pieces: list[bytes]
) -> tuple[Stream, list[int]]:
    """A stream of pieces, and where each begins."""
    stream, target = StreamWriter(pool), ArrayFileWriter(place / name)
    begins = [stream.append(piece) for piece in pieces]
    stream.write(target, "s")
    target.close({})
    return Stream(ArrayFile(place / name), "s"), begins


@settings(quiet, max_examples=examples(40))
@given(pieces_of_streams, st.sampled_from([1, 7, 64]), st.sampled_from([1, 99, 1000, 1 << 20]), st.data())
def test_any_stretch_of_a_stream_reads_back(pieces, raw, sample, data):
    with (
        tempfile.TemporaryDirectory() as place,
        small_streams(raw, sample),
        ThreadPoolExecutor(1) as pool,
    ):
        found, begins = written(Path(place), "file", pool, pieces)
        whole = b"".join(pieces)
        assert found.length == len(whole)
        assert (found.dictionaries > 0) == (len(whole) >= sample)
        assert [found.read(at, at + len(piece)) for at, piece in zip(begins, pieces, strict=True)] == pieces
        start = data.draw(st.integers(0, len(whole)))
        stop = data.draw(st.integers(start, len(whole)))
        assert found.read(start, stop) == whole[start:stop]


@settings(quiet, max_examples=examples(40))
@given(
    st.lists(st.tuples(pieces_of_streams, st.sampled_from([1, 1 << 20])), max_size=4),
    st.booleans(),
    st.data(),
)
def test_merged_streams_read_as_one_whatever_dictionaries_they_have(drawn, anew, data):
    with tempfile.TemporaryDirectory() as place, ThreadPoolExecutor(2) as pool:
        parts = []
        for number, (pieces, sample) in enumerate(drawn):
            with small_streams(64, sample):
                parts.append(written(Path(place), str(number), pool, pieces)[0])
        whole = b"".join(piece for pieces, _ in drawn for piece in pieces)
        target = ArrayFileWriter(Path(place) / "all")
        with small_streams(64, 1 if anew else 1 << 20):
            merge_streams(parts, target, "s", pool)
            merge_streams(parts[:1], target, "t", pool)
        target.close({})
        found = Stream(ArrayFile(Path(place) / "all"), "s")
        assert found.length == len(whole)
        start = data.draw(st.integers(0, len(whole)))
        stop = data.draw(st.integers(start, len(whole)))
        assert found.read(start, stop) == whole[start:stop]
        assert found.read(0, len(whole)) == whole


def test_what_has_nothing_in_common_has_its_beginning_for_a_dictionary(tmp_path):
    pieces = [bytes([n % 251]) * 50 for n in range(300)]
    failing = patch.object(streams.zstandard, "train_dictionary", side_effect=streams.zstandard.ZstdError)
    with failing, small_streams(64, 1000), ThreadPoolExecutor(1) as pool:
        found, begins = written(tmp_path, "file", pool, pieces)
    assert found.dictionaries == 300
    assert [found.read(at, at + 50) for at in begins] == pieces


def test_merged_streams_keep_their_dictionaries_unless_these_take_much_room(tmp_path):
    rare, often = [b"past the garden wall " * 5] * 20, [b"past the garden wall again " * 5] * 900
    with small_streams(64, 1000), ThreadPoolExecutor(1) as pool:
        parts = {
            name: written(tmp_path, name, pool, pieces)[0] for name, pieces in (("a", rare), ("b", often))
        }
        for names_, kept in (("ab", 2), ("aa", 1), ("b", 1)):
            target = ArrayFileWriter(tmp_path / "all")
            merge_streams([parts[name] for name in names_], target, "s", pool)
            target.close({})
            found = Stream(ArrayFile(tmp_path / "all"), "s")
            assert len(list(found.runs())) == kept
            assert found.read(0, found.length) == b"".join(parts[n].read(0, parts[n].length) for n in names_)


@settings(quiet, max_examples=examples(40))
@given(st.sets(st.text(max_size=8), max_size=30), st.text(max_size=8))
def test_sorted_names_are_found_and_others_are_not(values, other):
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "file"
        target = ArrayFileWriter(path)
        put_names(target, "n", strings_of(sorted(values)))
        target.close({})
        found = Names(ArrayFile(path), "n")
        assert found.all() == sorted(values)
        assert [found.find(value) for value in sorted(values)] == list(range(len(values)))
        assert (found.find(other) >= 0) == (other in values)
        with pytest.raises(IndexError):
            found[len(found)]


# Whole indexes against a dictionary

steps = st.lists(
    st.one_of(
        st.tuples(st.just("add"), entries()),
        st.tuples(st.just("add"), entries()),
        st.tuples(st.just("delete"), st.integers(0, 12).map("d{}".format)),
        st.tuples(st.just("commit"), st.booleans()),
        st.tuples(st.just("cancel"), st.none()),
    ),
    max_size=16,
)


def run(store: Store, moves, fast: bool, memory: int, check) -> None:
    """Carry out the moves on the store and on a dictionary; call ``check`` on it after each commit."""
    committed: dict = {}
    library: dict = {}
    pen = store.writer(fast=fast, memory=memory)
    for move, what in [*moves, ("commit", False)]:
        if move == "add":
            pen.add(*what)
            library[what[0].id] = what
        elif move == "delete":
            assert pen.delete(what) == (library.pop(what, None) is not None)
        elif move == "commit":
            pen.commit(optimize=what)
            committed = dict(library)
            check(committed, what)
            pen = store.writer(fast=fast, memory=memory)
        else:
            pen.cancel()
            library = dict(committed)
            pen = store.writer(fast=fast, memory=memory)
    pen.cancel()


@pytest.mark.parametrize("fast", FAST)
@settings(quiet, max_examples=examples(25))
@given(moves=steps, small=st.booleans(), tier=st.sampled_from([2, 3, 10]))
def test_an_index_holds_what_a_dictionary_would_after_any_additions_deletions_and_merges(
    fast, moves, small, tier
):
    raw, sample, batch, run_of = (
        (64, 500, 1, 1) if small else (streams.RAW, streams.SAMPLE, writer._BATCH, merge._OCCURRENCES)
    )
    with (
        tempfile.TemporaryDirectory() as place,
        small_streams(raw, sample),
        patch.object(writer, "_BATCH", batch),
        patch.object(merge, "_OCCURRENCES", run_of),
        patch.object(writer, "TIER", tier),
    ):
        store = Store(place, create=True)

        def check(library, optimized):
            for snapshot in (store.snapshot(), Store(place).snapshot()):
                assert_holds(snapshot, library)
                assert snapshot.verify() > 0 or not snapshot.views
                if optimized:
                    assert len(snapshot.views) <= 1
                    assert all(view.segment.live is None for view in snapshot.views)

        run(store, moves, fast, 1 if small else 1 << 28, check)


@pytest.mark.skipif(not numba_present(), reason="needs the extra `fast`")
@settings(quiet, max_examples=examples(25))
@given(st.lists(entries(), max_size=8), st.sampled_from([1, 1 << 21]))
def test_compiled_and_plain_writers_write_the_same_bytes(held, batch):
    files = []
    with patch.object(writer, "_BATCH", batch):
        for fast in (False, True):
            with tempfile.TemporaryDirectory() as place:
                store = Store(place, create=True)
                with store.writer(fast=fast) as pen:
                    for document, passages in held:
                        pen.add(document, passages)
                files.append([view.segment.file.path.read_bytes() for view in store.snapshot().views])
    assert files[0] == files[1]


@settings(quiet, max_examples=examples(25))
@given(
    st.lists(st.tuples(st.sampled_from("abc"), texts, lines, dates, st.lists(names, max_size=2)), max_size=5)
)
def test_plain_documents_are_written_as_documents_of_one_passage_are(held):
    files = []
    with patch.object(writer, "_BATCH", 300):
        for plain in (False, True):
            with tempfile.TemporaryDirectory() as place:
                store = Store(place, create=True)
                with store.writer(fast=False) as pen:
                    for key, text, title, date, authors in held:
                        more = {"title": title, "authors": tuple(authors), "date": date}
                        label = ids.passage_ids(key, [text])[0]
                        if plain or key == "c":
                            pen.add_plain(Plain(key, text, label, **more))
                        else:
                            document = Document(key, "abstract", text, (Block(0, len(text)),), **more)
                            pen.add(document, (Passage(label, 0, 0, len(text)),))
                files.append([view.segment.file.path.read_bytes() for view in store.snapshot().views])
    assert files[0] == files[1]


@pytest.mark.parametrize("plain", [Plain("", "text", "0" * 16), Plain("a", "text", "xyz")])
def test_a_plain_document_without_its_ids_is_refused_and_leaves_nothing_behind(tmp_path, plain):
    store = Store(tmp_path / "ix", create=True)
    with store.writer(fast=False) as pen:
        with pytest.raises(ValueError, match="id"):
            pen.add_plain(plain)
        pen.add(*plain_entry("b", "well formed"))
    assert_holds(store.snapshot(), {"b": plain_entry("b", "well formed")})


@pytest.mark.skipif(not numba_present(), reason="needs the extra `fast`")
def test_a_word_longer_than_the_tables_of_words_is_a_word(tmp_path):
    store = Store(tmp_path / "ix", create=True)
    entry = plain_entry("a", "long " + "x" * 3_000_000)
    with store.writer(fast=True) as pen:
        pen.add(*entry)
    assert_holds(store.snapshot(), {"a": entry})


def test_a_term_in_very_many_passages_and_a_very_long_passage_come_back(tmp_path):
    store = Store(tmp_path / "ix", create=True)
    library = {}
    long = " ".join(f"word{n % 90} common common" for n in range(22_000))
    with store.writer(fast=False) as pen:
        for number in range(300):
            entry = plain_entry(
                f"d{number}", f"common rare{number % 3}\n\nmore common words {number}", title="common"
            )
            library[entry[0].id] = entry
            pen.add(*entry)
        entry = library["long"] = plain_entry("long", long)
        pen.add(*entry)
    assert_holds(store.snapshot(), library)
    with store.writer(fast=False) as pen:
        for number in range(0, 300, 3):
            pen.delete(f"d{number}")
            library.pop(f"d{number}")
    assert_holds(store.snapshot(), library)
    store.writer(fast=False).commit(optimize=True)
    assert_holds(store.snapshot(), library)
    assert Counter(len(view.segment.entry["name"]) for view in store.snapshot().views) == {16: 1}


@pytest.mark.parametrize(
    ("passages", "words"),
    [
        ((Passage("0" * 16, 0, 0, 99),), "leaves the text"),
        ((Passage("0" * 16, 0, 2, 4), Passage("1" * 16, 1, 0, 2)), "does not follow"),
        ((Passage("0" * 16, 1, 0, 2),), "does not follow"),
        ((Passage("xyz", 0, 0, 2),), "16 hexadecimal digits"),
        ((Passage("0" * 16, 0, 0, 2, answers=(3,)),), "not there"),
        ((Passage("0" * 16, 0, 0, 2, voice="loud"),), "voice"),
    ],
)
def test_a_document_that_cannot_be_right_is_refused_and_leaves_nothing_behind(tmp_path, passages, words):
    store = Store(tmp_path / "ix", create=True)
    before = plain_entry("d", "first words here\n\nand more")
    after = plain_entry("e", "last words here")
    with store.writer(fast=False) as pen:
        pen.add(*before)
        with pytest.raises(ValueError, match=words):
            pen.add(Document("d", "essay", "some text"), passages)
        pen.add(*after)
    assert_holds(store.snapshot(), {"d": before, "e": after})
