"""Damage is noticed: at open, or when the damaged page is first touched; never a silently wrong answer."""

from __future__ import annotations

import json
import random
import shutil
import zlib
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest

from essaysearch.columnar import manifest as manifests
from essaysearch.columnar.arrayfile import PAGE, ArrayFile, ArrayFileWriter
from essaysearch.columnar.evaluate import Evaluation
from essaysearch.columnar.store import Store, numba_present
from essaysearch.errors import IndexDamaged, IndexVersion
from essaysearch.tree import Clauses, Expand, Filter, Phrase, Same, Word
from truth import LONG, documents, held, plain_entry

SMALL_PAGE = 128
"""With pages this small, whatever is read unverified is soon read damaged."""


def word(text: str, **more) -> Word:
    return Word(text, text, **more)


TREES = [
    word("walk"),
    word("garden", fields=("title",)),
    Word("Walked", "walk", None, True),
    Clauses((), (word("walk"), word("garden"), word("n3"))),
    Clauses((word("walk"), word("garden"))),
    Clauses((), (word("walk"), word("absent")), (word("n4"),), (Filter("voice", "is", "own"),)),
    Phrase((word("garden"), word("wall"))),
    Phrase((word("garden"), word("walk")), 4, False),
    Expand("prefix", "wal"),
    Expand("wildcard", "*ed"),
    Filter("author", "is", "lane"),
    Filter("date", "range", ("2021", "2023-06")),
    Filter("karma", "range", (3, None)),
    Same("document", Clauses((word("walk"), word("n3")))),
]


@pytest.fixture(scope="module", autouse=True)
def small_pages():
    # Texts this short have dictionaries here.
    dictionaries = patch.multiple("essaysearch.columnar.streams", SAMPLE=1000, DICTIONARY=500)
    with patch("essaysearch.columnar.arrayfile.PAGE", SMALL_PAGE), dictionaries:
        yield


@pytest.fixture(scope="module")
def made(tmp_path_factory, small_pages):
    """A directory with two segments and a bitmap of deletions, written in small pages."""
    place = tmp_path_factory.mktemp("damage") / "ix"
    forms = ["walk", "walks", "walked", "Walked", "walking"]
    store = Store(place, create=True)
    for numbers in (range(0, 150), range(150, 180)):
        with store.writer(fast=False) as pen:
            for n in numbers:
                text = f"{forms[n % 5]} past the garden wall n{n % 7} the garden\n\n{forms[n % 3]} again {n}"
                facts = {"title": "Garden walks"} if n % 4 else {"title": f"Number {n}"}
                dated = {"date": f"20{20 + n % 5}-0{1 + n % 9}-11", "karma": float(n % 11)}
                authors = ("Ada Lane",) if n % 3 else ("Odile Fenn", "Ada Lane")
                pen.add(*plain_entry(f"d{n}", text, authors=authors, **facts, **dated))
    with store.writer(fast=False) as pen:
        pen.delete("d7")
        pen.delete("d170")
    return place


def found(store: Store) -> list:
    """What every kind of query finds, with scores, by every way there is to find it."""
    ways = [None]
    if numba_present():
        from essaysearch.columnar import kernels

        ways.append(kernels)
    told = []
    for tree in TREES:
        for way in ways:
            ranked = Evaluation(store.snapshot(), tree, way).best(20)
            rows = [(round(row.score, 9), row.view.segment.passage(row.number)) for row in ranked.best]
            told.append((ranked.total, rows))
    return told


def everything(store: Store) -> tuple:
    return documents(store.snapshot()), held(store.snapshot())


def damage(path: Path, at: int, bit: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1 << bit
    path.write_bytes(data)


def test_a_flipped_bit_anywhere_is_noticed_by_verify_and_never_changes_an_answer(made, tmp_path):
    chance = random.Random(7)
    right = found(Store(made)), everything(Store(made))
    files = sorted(manifests.load(made).files())
    sizes = {name: (made / name).stat().st_size for name in files}
    spots = [
        (name, chance.randrange(size)) for name, size in sizes.items() for _ in range(2000 if LONG else 40)
    ]
    spots += [(name, sizes[name] - 1 - n) for name in files for n in (0, 9, 15, 19)]
    noticed = 0
    for name, at in spots:
        place = tmp_path / "ix"
        shutil.copytree(made, place)
        damage(place / name, at, chance.randrange(8))
        for read, answer in zip((found, everything), right, strict=True):
            try:
                assert read(Store(place)) == answer, (name, at)
            except IndexDamaged as error:
                assert name in str(error)  # noqa: PT017 - either is right: told, or not touched
                noticed += 1
        with pytest.raises(IndexDamaged, match=name):
            Store(place).snapshot().verify()
        shutil.rmtree(place)
    assert noticed > len(spots)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: b"",
        lambda data: data[:-1],
        lambda data: data[: len(data) // 2],
        lambda data: data + b"\0",
    ],
)
def test_a_file_that_is_missing_cut_or_longer_is_noticed_at_open(made, tmp_path, change):
    for name in [*manifests.load(made).files(), manifests.NAME]:
        place = tmp_path / "ix"
        shutil.copytree(made, place)
        (place / name).write_bytes(change((place / name).read_bytes()))
        with pytest.raises(IndexDamaged, match=name):
            Store(place)
        (place / name).unlink()
        with pytest.raises(IndexDamaged, match=name) as caught:
            Store(place)
        assert "is missing" in str(caught.value)
        assert "essaysearch index --rebuild" in str(caught.value)
        shutil.rmtree(place)


def test_every_flipped_byte_of_the_manifest_is_noticed_at_open(made, tmp_path):
    place = tmp_path / "ix"
    shutil.copytree(made, place)
    right = (place / manifests.NAME).read_bytes()
    for at in range(len(right)):
        (place / manifests.NAME).write_bytes(right[:at] + bytes([right[at] ^ 0x20]) + right[at + 1 :])
        with pytest.raises(IndexDamaged, match="checksum"):
            Store(place)


def test_one_segment_put_in_the_place_of_another_is_noticed(made, tmp_path):
    place = tmp_path / "ix"
    shutil.copytree(made, place)
    first, second = (place / entry["file"] for entry in manifests.load(place).segments)
    size = second.stat().st_size
    shutil.copyfile(first, second)
    with pytest.raises(IndexDamaged, match=second.name):
        Store(place)
    second.write_bytes(b"\0" * size)
    with pytest.raises(IndexDamaged, match=second.name):
        Store(place)


def test_verify_looks_at_what_is_on_disk_now(made, tmp_path):
    place = tmp_path / "ix"
    shutil.copytree(made, place)
    snapshot = Store(place).snapshot()
    entry = manifests.load(place).segments[0]
    assert (
        snapshot.verify()
        > sum((place / e["file"]).stat().st_size for e in manifests.load(place).segments) // 2
    )
    damage(place / entry["deleted"]["file"], 3, 0)
    with pytest.raises(IndexDamaged, match=entry["deleted"]["file"]):
        snapshot.verify()
    (place / entry["file"]).write_bytes((place / entry["file"]).read_bytes()[: entry["size"] // 2])
    with pytest.raises(IndexDamaged, match=entry["file"]):
        snapshot.verify()
    (place / entry["file"]).unlink()
    with pytest.raises(IndexDamaged, match=entry["file"]):
        snapshot.verify()


@pytest.mark.parametrize(("name", "value"), [("format", 99), ("analyzer", 99), ("format", None)])
def test_an_index_of_another_version_is_refused_with_the_command_that_rebuilds_it(
    made, tmp_path, name, value
):
    place = tmp_path / "ix"
    shutil.copytree(made, place)
    told = json.loads((place / manifests.NAME).read_bytes().partition(b"\n")[2])
    told[name] = value
    body = json.dumps(told).encode()
    (place / manifests.NAME).write_bytes(b"%08x\n" % zlib.crc32(body) + body)
    with pytest.raises(IndexVersion) as caught:
        Store(place, create=True)
    assert f"{name} {value}" in str(caught.value)
    assert f"essaysearch index --rebuild PATHS --index {place}" in str(caught.value)


def test_a_writer_does_not_merge_damage_into_a_new_segment(made, tmp_path):
    place = tmp_path / "ix"
    shutil.copytree(made, place)
    entry = manifests.load(place).segments[0]
    positions = Store(place).snapshot().views[0].segment.file
    at = positions._arrays["positions"]["at"] + 10
    damage(place / entry["file"], at, 1)
    with pytest.raises(IndexDamaged, match=entry["file"]):
        Store(place).writer(fast=False).commit(optimize=True)
    assert Store(place).snapshot().manifest == manifests.load(made)
    with Store(place).writer(fast=False, timeout=0.5) as pen:
        pen.add(*plain_entry("new", "words"))


def test_one_element_needs_its_own_page_alone(tmp_path):
    path = tmp_path / "file.cols"
    values = np.random.default_rng(0).integers(0, 1 << 40, 3 * PAGE // 8).astype(np.uint64)
    writer = ArrayFileWriter(path)
    writer.put("values", values)
    writer.put_even("even", np.arange(5, 500, 3, dtype=np.uint32))
    writer.close({})
    data = bytearray(path.read_bytes())
    data[PAGE + PAGE // 2] ^= 1
    path.write_bytes(data)
    file = ArrayFile(path)
    assert [file.item("even", at) for at in (0, 1, 164)] == [5, 8, 497]
    assert [file.item("values", at) for at in (0, len(values) - 1)] == [int(values[0]), int(values[-1])]
    with pytest.raises(IndexDamaged, match="fails its checksum"):
        file.item("values", PAGE // 8 + PAGE // 16)
    with pytest.raises(IndexDamaged, match="fails its checksum"):
        file.array("values")
