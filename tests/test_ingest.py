"""From paths to documents: which files are read, and what is said of those that cannot be."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pytest

from essaysearch.errors import UnknownReader
from essaysearch.filling import ingest
from essaysearch.filling.ingest import discover, read
from essaysearch.model import Document, Skipped, SourceFacts
from essaysearch.readers import table
from essaysearch.readers.protocol import Reader
from essaysearch.readers.source import SourceFile
from essaysearch.text.passages import split

SENTENCE = "The warden counts the lamps along the wall before every dawn."


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def documents(path: Path, **options: object) -> list[Document]:
    return [reading for reading in read(path, **options) if isinstance(reading, Document)]  # type: ignore[arg-type]


def only(path: Path, **options: object) -> Document:
    (found,) = documents(path, **options)
    return found


def reasons(path: Path) -> list[str]:
    return [reading.reason for reading in read(path) if isinstance(reading, Skipped)]


def names(root: Path, *paths: Path) -> list[str]:
    return [os.path.relpath(p, root) for p in discover(paths or [root]) if isinstance(p, str)]


def test_files_under_a_directory_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.md", "a/b.txt", "c.jsonl"):
        write(tmp_path / name, SENTENCE)
    assert names(tmp_path) == ["a/b.txt", "a/z.md", "b.txt", "c.jsonl"]


def test_what_is_no_source_is_left_out(tmp_path: Path) -> None:
    for name in (
        ".hidden.txt", ".git/config", "a.txt", "a.txt.overrides.toml", "topics/doubt.toml",
        "topics/notes.txt", "page.html", "page_files/style.css", "old_files/kept.txt",
        "index/essaysearch.manifest", "index/0.seg",
    ):  # fmt: skip
        write(tmp_path / name, SENTENCE)
    assert names(tmp_path) == ["a.txt", "old_files/kept.txt", "page.html", "topics/notes.txt"]


def test_a_file_named_outright_is_read_whatever_it_is_called(tmp_path: Path) -> None:
    hidden = write(tmp_path / ".hidden.txt", SENTENCE)
    assert names(tmp_path, hidden) == [".hidden.txt"]


def test_a_file_met_by_two_paths_is_read_once(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", SENTENCE)
    assert names(tmp_path, path, tmp_path, path) == ["a.txt"]


def test_a_circle_of_links_ends(tmp_path: Path) -> None:
    write(tmp_path / "a" / "a.txt", SENTENCE)
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    assert names(tmp_path) == ["a/a.txt"]


def test_a_link_that_leads_nowhere_is_named(tmp_path: Path) -> None:
    (tmp_path / "gone.md").symlink_to("nothing.md")
    write(tmp_path / "a.md", f"# A title\n\n{SENTENCE}")
    found = list(discover([tmp_path]))
    assert [one.reason for one in found if isinstance(one, Skipped)] == ["The link leads to no file."]
    assert len(found) == 2


def test_a_missing_path_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", SENTENCE)
    missing = tmp_path / "none.txt"
    found = list(discover([missing, path]))
    assert found == [Skipped(str(missing), "There is no such file or directory."), str(path)]


def test_a_directory_without_files_to_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty" / "deeper").mkdir(parents=True)
    (found,) = discover([tmp_path / "empty"])
    assert isinstance(found, Skipped)
    assert found.reason == "The directory holds no files to read, or none that were not read already."


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (found,) = discover([tmp_path])
    assert found == Skipped(str(tmp_path / "pipe"), "The path is neither a file nor a directory.")


def test_a_directory_named_like_a_file_is_entered(tmp_path: Path) -> None:
    write(tmp_path / "a.txt" / "b.txt", SENTENCE)
    assert names(tmp_path) == ["a.txt/b.txt"]
    assert "directory" in reasons(tmp_path / "a.txt")[0]


def test_a_file_that_vanishes_before_it_is_read_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", SENTENCE)
    (found,) = discover([tmp_path])
    path.unlink()
    assert isinstance(found, str)
    assert reasons(Path(found)) == ["The file cannot be opened: No such file or directory."]


def test_what_was_read_before_a_file_broke_off_stays(tmp_path: Path) -> None:
    lines = "".join(json.dumps({"_id": str(n), "text": f"{SENTENCE} {n}"}) + "\n" for n in range(20_000))
    packed = gzip.compress(lines.encode(), compresslevel=1)
    path = write(tmp_path / "a.jsonl.gz", packed[: len(packed) * 3 // 4])
    readings = list(read(path))
    assert len(readings) > 1_000
    assert all(isinstance(reading, Document) for reading in readings[:-1])
    assert isinstance(readings[-1], Skipped)
    assert readings[-1].reason.startswith("The file cannot be read to its end: Compressed file ended")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    assert reasons(write(tmp_path / "a.txt", "")) == ["The file is empty."]


def test_a_file_of_spaces_is_refused(tmp_path: Path) -> None:
    for name in ("a.txt", "a.md"):
        (reason,) = reasons(write(tmp_path / name, " \n\t\n"))
        assert "no text" in reason


@pytest.mark.parametrize(
    "content",
    [b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, bytes(range(256)) * 40, b"\0" * 500, b"\x7fELF\x01\x02"],
)
def test_a_binary_file_is_refused(tmp_path: Path, content: bytes) -> None:
    for name in ("a.txt", "a.dat"):
        (reason,) = reasons(write(tmp_path / name, content))
        assert reason == "The file holds binary data that no reader knows; `--as` forces a reader."


def test_a_message_that_outlook_saved_is_refused_with_the_way_out(tmp_path: Path) -> None:
    (reason,) = reasons(write(tmp_path / "a.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)))
    assert "Outlook" in reason
    assert ".eml" in reason


def test_zero_bytes_in_a_text_become_spaces_and_are_reported(tmp_path: Path) -> None:
    found = only(write(tmp_path / "a.txt", f"{SENTENCE} One\0two. {SENTENCE}"))
    assert "One two." in found.text
    assert "1 zero byte was replaced by spaces" in found.notes


def test_line_ends_of_any_system_read_the_same(tmp_path: Path) -> None:
    text = f"{SENTENCE}\n\n{SENTENCE} Twice.\n"
    found = [
        only(write(tmp_path / f"{number}.txt", text.replace("\n", end)))
        for number, end in enumerate(("\n", "\r\n", "\r"))
    ]
    assert len({document.text for document in found}) == 1
    assert len({document.id for document in found}) == 1


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_byte_order_mark_is_no_text_and_utf_16_needs_none(tmp_path: Path, encoding: str) -> None:
    found = only(write(tmp_path / "a.txt", f"Naïve “wardens” count. {SENTENCE}".encode(encoding)))
    assert found.text == f"Naïve “wardens” count. {SENTENCE}"


def test_windows_1252_is_read_right_and_said(tmp_path: Path) -> None:
    found = only(write(tmp_path / "a.txt", f"The naïve “warden” – café. {SENTENCE}".encode("cp1252")))
    assert found.text.startswith("The naïve “warden” – café.")
    assert found.notes == ("read as Windows-1252: the bytes are not UTF-8",)


def test_stray_windows_1252_bytes_do_not_spoil_the_utf_8_around_them(tmp_path: Path) -> None:
    found = only(write(tmp_path / "a.txt", "Séraphine said ".encode() + b"\x93no\x94. " + SENTENCE.encode()))
    assert found.text.startswith("Séraphine said “no”.")
    assert found.notes == ("bytes that are not UTF-8 were read as Windows-1252",)


def test_undecodable_bytes_are_replaced_and_counted(tmp_path: Path) -> None:
    found = only(write(tmp_path / "a.txt", b"Some w\x81rds. " + SENTENCE.encode()))
    assert found.text.startswith("Some w\ufffdrds.")
    assert "1 byte was undecodable and replaced" in found.notes


def test_half_surrogates_from_json_can_be_stored(tmp_path: Path) -> None:
    line = '{"_id": "a", "title": "T\\ud800", "text": "one \\udfff two\\u0000", "odd": {"k": ["\\ud800"]}}'
    found = only(write(tmp_path / "a.jsonl", line))
    assert (found.title, found.text, found.metadata["odd"]) == (
        "T\ufffd",
        "one \ufffd two ",
        {"k": ["\ufffd"]},
    )
    assert found.notes == ("characters that cannot be stored were replaced",)


@pytest.mark.parametrize(
    "megabytes",
    [
        5,
        pytest.param(
            100,
            marks=pytest.mark.skipif(
                "ESSAYSEARCH_LONG_TESTS" not in os.environ,
                reason="takes minutes; set ESSAYSEARCH_LONG_TESTS to run it",
            ),
        ),
    ],
)
@pytest.mark.parametrize(
    ("name", "unit"),
    [("a.txt", "word "), ("b.txt", "x"), ("a.md", "*word* "), ("a.jsonl", "A sentence of six words here. ")],
)  # fmt: skip
def test_a_line_of_many_megabytes_is_read_whole(tmp_path: Path, name: str, unit: str, megabytes: int) -> None:
    text = unit * (megabytes * 1_000_000 // len(unit))
    content = json.dumps({"_id": "a", "text": text}) if name.endswith("jsonl") else text
    found = only(write(tmp_path / name, content))
    passages = split(found)
    read_characters = sum(len("".join(found.text[p.start : p.end].split())) for p in passages)
    assert read_characters == len("".join(text.split()))
    assert max(p.end - p.start for p in passages) <= 20_000


def test_the_content_decides_which_reader_reads_and_a_name_forces_one(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "---\ntitle: Doubt\nauthor: Wren Oakapple\n---\n\n# One\n\nText.\n")
    assert only(path).reader == "markdown"
    forced = only(path, as_="text")
    assert forced.reader == "text"
    assert "author: Wren Oakapple" in forced.text


def test_an_unknown_reader_is_answered_with_the_names_and_the_one_meant() -> None:
    with pytest.raises(
        UnknownReader, match=r'There is no reader "markdwon"\. Did you mean "markdown"\?.*jsonl'
    ):
        list(read("anything", as_="markdwon"))


def test_overrides_replace_what_the_file_says_and_leave_its_id(tmp_path: Path) -> None:
    path = write(tmp_path / "a.md", "---\ntitle: Doubt\nauthor: Wren Oakapple\ndate: 2020\n---\n\nText.\n")
    plain = only(path)
    given = only(
        path,
        defaults={
            "author": "Odile Fenn; Marrow Lane",
            "date": "June 2021",
            "url": "https://lamplight.example/x",
        },
    )
    assert given.authors == ("Odile Fenn", "Marrow Lane")
    assert (given.date, given.url, given.id) == ("2021-06", "https://lamplight.example/x", plain.id)


def test_an_override_that_is_no_date_is_a_sentence(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", SENTENCE)
    (found,) = read(path, defaults={"date": "someday"})
    assert isinstance(found, Skipped)
    assert found.reason == '"someday" is no date; write one such as 2023-06-11, 2023-06 or 2023.'


def test_every_document_knows_its_reader_and_path(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", SENTENCE)
    assert (only(path).reader, only(path).path) == ("text", str(path))


def test_a_name_that_is_no_utf_8_can_be_shown_and_stored(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/caf\xe9.txt"
    with open(path, "w") as file:
        file.write(SENTENCE)
    (found,) = discover([tmp_path])
    (reading,) = read(found)  # type: ignore[arg-type]
    assert isinstance(reading, Document)
    assert reading.path.endswith("caf\ufffd.txt")


def test_a_readers_own_mistake_is_named_and_ends_that_file_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(source: SourceFile):  # type: ignore[no-untyped-def]
        yield Document("a", "page", "One.")
        raise KeyError("title")

    reader = Reader("broken", "files of a broken reader", (), lambda source: 1.0, broken)
    monkeypatch.setattr(table, "READERS", (reader,))
    first, second = read(write(tmp_path / "a.txt", SENTENCE))
    assert isinstance(first, Document)
    assert second == Skipped(str(tmp_path / "a.txt"), "Reading stopped at an unforeseen KeyError: 'title'.")


def test_a_reader_that_cannot_judge_a_file_leaves_it_to_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(source: SourceFile) -> float:
        raise KeyError("title")

    reader = Reader("broken", "files of a broken reader", (), broken, lambda source: iter(()))
    monkeypatch.setattr(table, "READERS", (reader, *table.READERS))
    found = only(write(tmp_path / "a.txt", SENTENCE))
    assert found.reader == "text"
    assert found.notes == ("the reader broken could not judge the file: KeyError: 'title'",)


def test_notes_that_come_after_the_last_document_are_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(source: SourceFile):  # type: ignore[no-untyped-def]
        yield Document("a", "page", "One.")
        source.note("the tail was mended")

    reader = Reader("late", "files with a late note", (), lambda source: 1.0, late)
    monkeypatch.setattr(ingest, "sniff", lambda source: reader)
    path = write(tmp_path / "a.txt", SENTENCE)
    assert list(read(path))[1] == SourceFacts(str(path), {"notes": ["the tail was mended"]})
