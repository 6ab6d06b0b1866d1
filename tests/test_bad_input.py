"""Every kind of bad input in every format that can hold it: told, mended, and the rest is still read."""
# ruff: noqa: E501 - a row of a table stays on its line

from __future__ import annotations

import gzip
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import pytest

from bad_files import FORMATS, SENTENCE, Format, Record, records
from essaysearch.filling.ingest import read
from essaysearch.model import Document, Skipped

THIRD = SENTENCE.format("word3")


class Seen(NamedTuple):
    """What a file gave: its documents by the number of the record they are, reasons, notes."""

    documents: dict[int, Document]
    reasons: list[str]
    notes: list[str]

    @property
    def told(self) -> str:
        return " ".join([*self.reasons, *self.notes])


def seen(path: Path) -> Seen:
    documents: dict[int, Document] = {}
    reasons: list[str] = []
    notes: list[str] = []
    for reading in read(path):
        if isinstance(reading, Document):
            notes += reading.notes
            for number in range(1, 6):
                if f"word{number} " in reading.text:
                    assert number not in documents
                    documents[number] = reading
        elif isinstance(reading, Skipped):
            reasons.append(reading.reason)
        else:
            notes += reading.metadata.get("notes", [])
    assert not any("unforeseen" in reason for reason in reasons)
    return Seen(documents, reasons, notes)


def with_third(kind: Format, **changes: object) -> str:
    record = Record(**{"number": 3, "text": THIRD, "parent": 1, **changes})  # type: ignore[arg-type]
    return kind.file(records(record))


def nested(kind: Format) -> str:
    if kind.quotes == "html":
        return with_third(kind, text="<blockquote>" * 1000 + f"<p>{THIRD}</p>" + "</blockquote>" * 1000)
    return with_third(kind, text="\n".join("> " * n + f"level{n}" for n in range(1, 1001)) + f"\n\n{THIRD}")


def in_a_circle(kind: Format) -> str:
    second, fourth = (SENTENCE.format(f"word{n}") for n in (2, 4))
    return kind.file(records(Record(2, second, parent=4), Record(4, fourth, parent=2)))


def orphaned(kind: Format) -> str:
    return kind.file(records(Record(3, THIRD, parent=5), Record(4, SENTENCE.format("word4"), parent=77)))


def broken(kind: Format) -> str:
    text = with_third(kind)
    at = text.index("word3") + 20
    marks = {".xml": "<b <i & ]]> </nope> \"' {", ".html": "<b <i & ]]> </nope> \"'", ".bib": '} @ {"'}
    return text[:at] + marks.get(kind.suffix, '"') + text[at:]


def cut(kind: Format) -> str:
    text = with_third(kind)
    return text[: text.index("word4") + 20]


def packed_and_cut(kind: Format) -> bytes:
    text = with_third(kind)
    return gzip.compress(text.encode(), 0)[: 10 + text.index("word4")]


def all_five(kind: Format, what: Seen) -> None:
    assert sorted(what.documents) == [1, 2, 3, 4, 5]


def undated(kind: Format, what: Seen) -> None:
    all_five(kind, what)
    third = what.documents[3]
    assert third.date is None or third.date_inferred
    if kind.dated:
        assert "is no date" in what.told or "cannot be read" in what.told


def without_words(kind: Format, what: Seen) -> None:
    assert sorted(what.documents) == [1, 2, 4, 5]
    assert what.told


def unsigned(kind: Format, what: Seen) -> None:
    all_five(kind, what)
    if kind.reader != "mail":
        assert what.documents[3].authors == ()
        assert "deleted" in what.told or "gone" in what.told


def above_itself_no_more(kind: Format, what: Seen) -> None:
    all_five(kind, what)
    assert all(document.parent != document.id for document in what.documents.values())


def answers_kept(kind: Format, what: Seen) -> None:
    all_five(kind, what)
    if kind.reader != "hackernews-page":  # which says depths, not parents
        assert what.documents[3].parent == what.documents[5].id
        assert "77" in str(what.documents[4].parent)


def up_to_the_break(kind: Format, what: Seen) -> None:
    assert {1, 2, 3} <= set(what.documents)


def up_to_the_break_and_told(kind: Format, what: Seen) -> None:
    assert {1, 2} <= set(what.documents)
    assert "end-of-stream" in what.told


def all_but_the_broken(kind: Format, what: Seen) -> None:
    # Within one value of JSON nobody can tell where the next record begins.
    assert ({1, 2} if kind.suffix == ".json" else {1, 2, 4, 5}) <= set(what.documents)
    assert what.told or 3 in what.documents


Make = Callable[[Format], str | bytes]
ROWS: dict[str, tuple[Make, Callable[[Format, Seen], None], Callable[[Format], bool]]] = {
    "a date of zeros": (lambda kind: with_third(kind, date="0000-00-00"), undated, lambda kind: kind.reader != "acl"),
    "a date in loose words": (lambda kind: with_third(kind, date="some Tuesday"), undated, lambda kind: kind.reader != "acl"),
    "an empty body": (lambda kind: with_third(kind, text=""), without_words, lambda kind: True),
    "a deleted author": (lambda kind: with_third(kind, author="[deleted]"), unsigned, lambda kind: True),
    "no author": (lambda kind: with_third(kind, author=""), all_five, lambda kind: True),
    "a deleted body": (lambda kind: with_third(kind, text="[deleted]"), without_words, lambda kind: kind.parented),
    "its own parent": (lambda kind: with_third(kind, parent=3), above_itself_no_more, lambda kind: kind.parented),
    "a circle": (in_a_circle, all_five, lambda kind: kind.parented),
    "late and missing parents": (orphaned, answers_kept, lambda kind: kind.parented),
    "a thousand levels of quotes": (nested, all_five, lambda kind: kind.quotes != ""),
    "a broken record": (broken, all_but_the_broken, lambda kind: True),
    "the file breaks off": (cut, up_to_the_break, lambda kind: True),
    "packed, and breaks off": (packed_and_cut, up_to_the_break_and_told, lambda kind: True),
    "zero bytes": (lambda kind: with_third(kind).replace("word3", "wo\0rd \x01word3"), all_five, lambda kind: True),
    "half surrogates": (lambda kind: with_third(kind, text=f"{THIRD} \ud800 x \udfff", author="\ud800"), all_five, lambda kind: kind.suffix.startswith(".json")),
    "Windows-1252": (lambda kind: with_third(kind, text=f"{THIRD} café “so”").encode("cp1252"), all_five, lambda kind: True),
    "a byte order mark": (lambda kind: with_third(kind).encode("utf-8-sig"), all_five, lambda kind: True),
    "UTF-16": (lambda kind: with_third(kind).encode("utf-16"), all_five, lambda kind: True),
    "UTF-16 unmarked": (lambda kind: with_third(kind).encode("utf-16-le"), all_five, lambda kind: True),
    "UTF-16 unmarked, big end first": (lambda kind: with_third(kind).encode("utf-16-be"), all_five, lambda kind: True),
    "UTF-32": (lambda kind: with_third(kind).encode("utf-32"), all_five, lambda kind: True),
    "lines ended as in Windows": (lambda kind: with_third(kind).replace("\n", "\r\n"), all_five, lambda kind: True),
    "lines ended as in old Macintoshes": (lambda kind: with_third(kind).replace("\n", "\r"), all_five, lambda kind: True),
}  # fmt: skip
"""Kinds of bad input: how a file of a format gets it, what must come of it, which formats can have it."""


@pytest.mark.parametrize(
    ("row", "name"), [(row, name) for row in ROWS for name, kind in FORMATS.items() if ROWS[row][2](kind)]
)
def test_bad_input_costs_at_most_its_own_record(row: str, name: str, tmp_path: Path) -> None:
    kind = FORMATS[name]
    make, check, _ = ROWS[row]
    content = make(kind)
    path = tmp_path / f"file{kind.suffix}"
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    check(kind, seen(path))


@pytest.mark.parametrize("name", FORMATS)
def test_no_record_may_fill_the_memory(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Packed, a few megabytes hold a record of many gigabytes; mail keeps the beginning of such a message."""
    for module in ("source", "streamed", "json_text", "bibtex"):
        where = import_module(f"essaysearch.readers.{module}")
        monkeypatch.setattr(
            where, "_MOST_PIECES" if module == "bibtex" else "LARGEST", 1 << (20 if module != "bibtex" else 2)
        )
    kind = FORMATS[name]
    path = tmp_path / f"file{kind.suffix}.gz"
    head, middle, tail = with_third(kind).partition("word3")
    path.write_bytes(gzip.compress((head + middle + "a" * (3 << 20) + tail).encode(), 1))
    what = seen(path)
    if kind.reader != "mail":
        assert 3 not in what.documents
        assert "the most that can be read" in what.told or kind.suffix == ".bib"


@pytest.mark.parametrize("name", FORMATS)
def test_the_made_files_are_read_as_their_format(name: str, tmp_path: Path) -> None:
    kind = FORMATS[name]
    path = tmp_path / f"file{kind.suffix}"
    path.write_text(kind.file(records()), encoding="utf-8")
    what = seen(path)
    all_five(kind, what)
    assert {document.reader for document in what.documents.values()} == {kind.reader}


def test_a_uuencoded_file_in_a_plain_text_is_named_and_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    data = ("M" + "A" * 60 + "\n") * 20
    path.write_text(f"A title\n\n{THIRD}\n\nbegin 644 knot.gif\n{data}`\nend\n\nAfter it.\n")
    what = seen(path)
    assert what.documents[3].text.endswith("After it.")
    assert "AAAA" not in what.documents[3].text
    assert "a uuencoded file of 21 lines was left out: knot.gif" in what.notes
