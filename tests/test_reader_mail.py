"""Mail: mailboxes, archives, single messages; what each says, and what is left out."""

from __future__ import annotations

import base64
import gzip
import quopri
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from essaysearch.model import Document, Reading, Skipped
from essaysearch.readers import mail, mail_known, mail_split
from essaysearch.readers.mail_headers import dated, fields_of, lineage, title_of, unencoded, writer
from essaysearch.readers.mail_known import Known
from essaysearch.readers.mail_text import body_of
from essaysearch.readers.source import SourceFile
from essaysearch.readers.table import sniff
from shared import SAMPLES, needs_shared

HEADER = (
    "From: Ada King <ada@example.org>\nSubject: Engines\nDate: Mon, 3 May 2004 12:30:00 +0200\n"
    "Message-ID: <1@b>\n"
)


def readings(path: Path, data: str | bytes) -> list[Reading]:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return list(mail.read(SourceFile(str(path))))


def documents(path: Path, data: str | bytes) -> list[Document]:
    return [reading for reading in readings(path, data) if isinstance(reading, Document)]


@pytest.fixture
def one(tmp_path: Path) -> object:
    """Reads a file that is one message."""

    def read(data: str | bytes) -> Document:
        found = documents(tmp_path / "message.eml", data)
        assert len(found) == 1
        return found[0]

    return read


def mailbox(*messages: str) -> str:
    return "".join(
        f"From ada@example.org  Mon May  3 12:30:0{number % 10} 2004\n{message}\n\n"
        for number, message in enumerate(messages)
    )


# Which files are mail


def test_a_message_with_pictures_in_its_text_is_mail_and_a_saved_page_is_none(tmp_path: Path) -> None:
    parts = (
        'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="--x"\n\n----x\n'
        "Content-Type: text/html\n\n<p>The wheel turns <img src='cid:1'></p>\n----x\n"
        "Content-Type: image/png\nContent-ID: <1>\n\nAAAA\n----x--\n"
    )
    inner = parts.replace("related", "mixed").replace("text/html\n", "multipart/related; boundary=y\n")
    page = "From: <Saved by Blink>\nSnapshot-Content-Location: https://quire.example/wheel\nSubject: Wheel\n"
    for name, data, reader in (
        ("sent", HEADER + parts, "mail"),
        ("within", HEADER + inner, "mail"),
        ("kept", page + parts, "mhtml"),
        ("undated", "From: ada@example.org\nTo: b@example.org\nSubject: Wheel\n" + parts, "mail"),
    ):
        path = tmp_path / name
        path.write_text(data)
        assert sniff(SourceFile(str(path))).name == reader, name
    assert "The wheel turns" in documents(tmp_path / "sent", HEADER + parts)[0].text


def test_a_long_header_is_looked_through_and_one_without_a_sender_is_mail_by_the_files_name(
    tmp_path: Path,
) -> None:
    traced = "".join(f"X-Trace-{number}: {'ab' * 200}\n" for number in range(60))
    long, bare, other = tmp_path / "long", tmp_path / "bare.eml", tmp_path / "bare.txt"
    long.write_text(f"{traced}{HEADER}\nThe wheel turns.\n")
    for path in (bare, other):
        path.write_text("Subject: Wheel\nContent-Type: text/plain\n\nThe wheel turns.\n")
    assert [sniff(SourceFile(str(path))).name == "mail" for path in (long, bare, other)] == [
        True,
        True,
        False,
    ]


# Every sample

SAMPLE_COUNTS = {
    "mbox/1999.txt": 52,
    "mbox/2000.txt": 47,
    "mbox/2003-January.txt": 177,
    "mbox/2017q2.txt": 315,
    "mbox/2020-March.txt": 33,
    "usenet/20news-bydate-test_alt.atheism_53500": 1,
    "usenet/20news-bydate-test_comp.os.ms-windows.misc_10140": 1,
    "usenet/20news-bydate-test_sci.crypt_15775": 1,
    "usenet/20news-bydate-test_sci.crypt_16030": 1,
    "usenet/20news-bydate-test_talk.religion.misc_84251": 1,
    "usenet/20news-bydate-test_talk.religion.misc_84563": 1,
    "usenet/31ef6265714d2fbac6216dff045339297e15b4fccbb1dffa800d6426ffb6299a.txt": 1,
    "usenet/3d6b9cc0433c1b1fe0405a47a8065d46fa1bdf86592bb69bc8b78e8ad0d6b21d.txt": 1,
    "usenet/d5c0985cd1e0d882c51575cfc1a8e186f15ca14eb96ae36ba9ce3dbddd86cfc7.txt": 1,
}


def sample(name: str) -> list[Document]:
    return [d for d in mail.read(SourceFile(str(SAMPLES / name))) if isinstance(d, Document)]


@needs_shared
def test_the_table_of_samples_names_every_file() -> None:
    files = [*(SAMPLES / "mbox").glob("*.txt"), *(SAMPLES / "usenet").iterdir()]
    assert {f"{path.parent.name}/{path.name}" for path in files} == set(SAMPLE_COUNTS)


@needs_shared
@pytest.mark.parametrize(("name", "count"), SAMPLE_COUNTS.items())
def test_every_sample_gives_one_document_a_message(name: str, count: int) -> None:
    source = SourceFile(str(SAMPLES / name))
    assert sniff(source).name == "mail"
    found = list(mail.read(source))
    assert [type(reading) for reading in found] == [Document] * count
    read = [reading for reading in found if isinstance(reading, Document)]
    assert len({document.id for document in read}) == count
    for document in read:
        assert document.kind == "message"
        assert document.title
        assert len(document.authors) == 1
        assert document.line >= 1
        end = 0
        for block in document.blocks:
            assert not document.text[end : block.start].strip()
            end = block.end
        assert not document.text[end:].strip()


@needs_shared
def test_an_archive_of_a_list_is_read_as_its_writers_meant_it() -> None:
    archive = {document.id: document for document in sample("mbox/2003-January.txt")}
    answer = archive["mail:Pine.LNX.4.31.0301021335200.21240-100000@gannet.stats"]
    assert answer.title == "rounding errors in max.col()"
    assert answer.date == "2003-01-02T14:41:02"
    assert answer.parent == "mail:MABBLJDICACNFOLGIHJOCEDKDCAA.phgrosjean@sciviews.org"
    assert answer.thread == answer.parent
    assert {block.speaker for block in answer.blocks if block.voice == "quoted"} == {"Philippe Grosjean"}
    assert answer.metadata["posting"] == "between"
    assert [b.reason for b in answer.blocks if b.role == "furniture"] == [
        "introduces a quotation",
        "signature",
    ]


@needs_shared
def test_a_thread_is_followed_to_its_root_where_headers_name_only_the_parent() -> None:
    threads: dict[str | None, int] = {}
    for document in sample("mbox/2003-January.txt"):
        threads[document.thread] = threads.get(document.thread, 0) + 1
    assert max(threads.values()) >= 7


@needs_shared
def test_dates_names_and_attachments_of_a_newer_archive() -> None:
    archive = {document.id: document for document in sample("mbox/2017q2.txt")}
    first = archive["mail:CAL_X2361B8W3B0EPh-NuAJjJE8rFcDLwv+ZZSh5pZ5=4tYzG=Q@mail.gmail.com"]
    assert first.authors == ("Alexandre Sieira",)
    assert first.date == "2017-04-02T17:21:10-04:00"
    assert first.metadata["address"] == "alexandre.sieira@gmail.com"
    assert any("signature.asc" in note for document in archive.values() for note in document.notes)
    hidden = {document.id: document for document in sample("mbox/2020-March.txt")}
    steven = hidden["mail:CAHiA-ZkBrxe3s8+5EgzXdZU0==h2c7K_DFy_W7kU7hoagwW_7Q@mail.gmail.com"]
    assert steven.authors == ("Steven Dirkse",)
    assert "address" not in steven.metadata


@needs_shared
def test_a_usenet_article_without_date_keeps_its_text_and_drops_its_bitmap() -> None:
    article = sample("usenet/20news-bydate-test_comp.os.ms-windows.misc_10140")[0]
    assert article.date is None
    assert article.authors == ("Dave Bushong",)
    assert article.metadata["attachments"] == ["big1.zip"]
    assert any("2,560 lines" in note for note in article.notes)
    assert len(article.text) < 3000
    depths = {block.depth: block.speaker for block in article.blocks if block.voice == "quoted"}
    assert depths == {2: "James Cummings", 3: "John Wang"}


@needs_shared
def test_ids_are_the_same_when_a_mailbox_is_read_again() -> None:
    name = "usenet/20news-bydate-test_alt.atheism_53500"
    assert [d.id for d in sample(name)] == [d.id for d in sample(name)]


# One message


def test_the_header_says_who_when_and_in_answer_to_what(one) -> None:  # type: ignore[no-untyped-def]
    document = one(
        "From: =?utf-8?q?Ad=C3=A8le?= Roy <adele@example.org>\nSubject: [talk] Re: AW: Doubt\n"
        "Date: Mon, 3 May 2004 12:30:00 +0200 (CEST)\nMessage-ID: <2@b>\nIn-Reply-To: <1@b>\n"
        "References: <0@b>\n <1@b>\nList-Id: Talk <talk.example.org>\nOrganization: Engines\n\nHer words.\n"
    )
    assert (document.id, document.parent, document.thread) == ("mail:2@b", "mail:1@b", "mail:0@b")
    assert document.authors == ("Adèle Roy",)
    assert document.title == "Doubt"
    assert document.date == "2004-05-03T12:30:00+02:00"
    assert document.source == "talk.example.org"
    assert document.metadata["subject"] == "[talk] Re: AW: Doubt"
    assert document.metadata["address"] == "adele@example.org"
    assert document.metadata["organization"] == "Engines"


def test_a_first_message_is_the_root_of_its_thread(one) -> None:  # type: ignore[no-untyped-def]
    document = one(HEADER + "\nWords.\n")
    assert document.parent is None
    assert document.thread == document.id


@pytest.mark.parametrize(
    ("field", "date", "inferred"),
    [
        ("Date: Thu Jan  2 13:54:37 2003", "2003-01-02T13:54:37", False),
        ("Date: 3 Feb 94 08:54:43 PST", "1994-02-03T08:54:43-08:00", False),
        ("Date: Mon, 31 May 2004 12:30 -0500", "2004-05-31T12:30:00-05:00", False),
        ("Date: 0000-00-00", None, False),
        ("Date: Mon, 3 May 9999 12:30:00 +0000", None, False),
        ("NNTP-Posting-Date: Mon, 3 May 2004 12:30:00 +0000", "2004-05-03T12:30:00+00:00", True),
        ("Received: from a by b; Mon, 3 May 2004 12:30:00 +0000", "2004-05-03T12:30:00+00:00", True),
    ],
)
def test_dates_are_read_as_written_and_never_guessed(
    one, field: str, date: str | None, inferred: bool
) -> None:  # type: ignore[no-untyped-def]
    document = one(f"From: Ada King <a@b.c>\nSubject: x\nTo: me\n{field}\n\nWords.\n")
    assert document.date == date
    assert bool(document.date_inferred) == inferred
    if date is None:
        assert any("cannot be read" in note for note in document.notes)


def test_a_message_without_id_gets_a_lasting_one_and_says_so(one) -> None:  # type: ignore[no-untyped-def]
    text = "From: Ada King <a@b.c>\nSubject: Engines\nTo: me\n\nWords.\n"
    document = one(text)
    assert document.id == one(text).id
    assert document.id != one(text.replace("Words", "Other words")).id
    assert any("no id of its own" in note for note in document.notes)


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("utf-8", "Naïveté – “so”"),
        ("iso-8859-1", "Naïveté"),
        ("windows-1252", "“so”"),
        ("koi8-r", "Сомнение"),
        ("iso-2022-jp", "疑い"),
    ],
)
@pytest.mark.parametrize("encoding", ["8bit", "quoted-printable", "base64"])
def test_charsets_and_transfer_encodings_are_undone(one, charset: str, text: str, encoding: str) -> None:  # type: ignore[no-untyped-def]
    data = (text + "\n").encode(charset)
    if encoding == "base64":
        data = base64.encodebytes(data)
    elif encoding == "quoted-printable":
        data = quopri.encodestring(data)
    header = f"{HEADER}Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: {encoding}\n\n"
    assert one(header.encode() + data).text == text


def test_a_wrong_charset_is_repaired_and_noted(one) -> None:  # type: ignore[no-untyped-def]
    document = one(
        f"{HEADER}Content-Type: text/plain; charset=utf-8\n\n".encode() + "Naïve\n".encode("cp1252")
    )
    assert document.text == "Naïve"
    assert any("Windows-1252" in note for note in document.notes)


def test_flowed_lines_are_whole_paragraphs_under_their_marks(one) -> None:  # type: ignore[no-untyped-def]
    body = "> Quoted words that \n> flow on.\n\nOwn words that \nflow, \ntoo.\n-- \nAda\n"
    document = one(f"{HEADER}Content-Type: text/plain; format=flowed\n\n{body}")
    assert document.text == "Quoted words that flow on.\n\nOwn words that flow, too.\n\n--\nAda"


def test_a_stuffed_line_that_opens_with_a_mark_is_the_writers_own(one) -> None:  # type: ignore[no-untyped-def]
    body = "Mind the sign:\n\n > 3 is what I typed.\n\n> Quoted words.\n\nOwn words.\n"
    document = one(f"{HEADER}Content-Type: text/plain; format=flowed\n\n{body}")
    voices = {document.text[block.start : block.end]: block.voice for block in document.blocks}
    assert voices["> 3 is what I typed."] == "own"
    assert voices["Quoted words."] == "quoted"


@pytest.mark.parametrize("mark", ["From ada@example.org\n", ">From ada@example.org\n"])
def test_a_message_under_a_postmark_without_a_date_keeps_its_header(one, mark) -> None:  # type: ignore[no-untyped-def]
    plain, marked = one(f"{HEADER}\nWords.\n"), one(f"{mark}{HEADER}\nWords.\n")
    assert marked.id == plain.id
    assert (marked.authors, marked.date, marked.text) == (plain.authors, plain.date, "Words.")


def test_a_stray_line_in_the_header_does_not_make_the_file_no_mail(one) -> None:  # type: ignore[no-untyped-def]
    document = one(f"{HEADER}a line that is no field\nTo: list@example.org\n\nWords.\n")
    assert document.kind == "message"
    assert document.text == "Words."


MULTIPART = (
    HEADER + 'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="out"\n\nA preamble.\n--out\n'
    'Content-Type: multipart/alternative; boundary="in"\n\n--in\nContent-Type: text/plain\n\n'
    "The plain words.\n"
    "--in\nContent-Type: text/html\n\n<p>The words in HTML.</p>\n--in--\n--out\n"
    'Content-Type: application/pdf; name="paper.pdf"\nContent-Transfer-Encoding: base64\n\nAAAA\n--out\n'
    "Content-Type: text/plain\n\nThe list's footer.\n--out--\nAn epilogue.\n"
)


def test_of_alternatives_the_plain_one_is_read_and_attachments_are_named(one) -> None:  # type: ignore[no-untyped-def]
    document = one(MULTIPART)
    assert document.text == "The plain words.\n\nThe list's footer."
    assert document.metadata["attachments"] == ["paper.pdf"]
    assert any("paper.pdf" in note for note in document.notes)


def test_a_message_in_html_alone_keeps_its_quotations(one) -> None:  # type: ignore[no-untyped-def]
    document = one(
        f"{HEADER}Content-Type: text/html; charset=utf-8\n\n<html><body><p>Mine &amp; more.</p>"
        "<div>On Mon, 3 May 2004, Bo Lee &lt;b@c.d&gt; wrote:</div>"
        "<blockquote><p>His words.</p></blockquote></body></html>\n"
    )
    assert document.text.startswith("Mine & more.")
    quoted = [block for block in document.blocks if block.voice == "quoted"]
    assert [(block.depth, block.speaker) for block in quoted] == [(1, "Bo Lee")]


def test_parts_whose_header_was_lost_are_still_read(one) -> None:  # type: ignore[no-untyped-def]
    document = one(
        f"{HEADER}\nThis is a multi-part message in MIME format\n--x1\nContent-Type: text/plain\n"
        "Content-Transfer-Encoding: quoted-printable\n\nWords =\nthat go on.\n--x1\n"
        'Content-Disposition: attachment;\n\tfilename="a.doc"\nContent-Type: application/msword\n\n'
        "AAAA\n--x1--\n"
    )
    assert document.text == "Words that go on."
    assert document.metadata["attachments"] == ["a.doc"]


def test_a_message_within_a_message_is_quoted(one) -> None:  # type: ignore[no-untyped-def]
    document = one(
        f'{HEADER}Content-Type: multipart/mixed; boundary="b"\n\n--b\n\nLook at this.\n--b\n'
        "Content-Type: message/rfc822\n\n"
        "From: Bo Lee <b@c.d>\nSubject: Old\nDate: Sun, 2 May 2004 12:00:00 +0000\n\nHis words.\n--b--\n"
    )
    assert [(b.voice, b.speaker) for b in document.blocks if b.role != "furniture"] == [
        ("own", None),
        ("quoted", "Bo Lee"),
    ]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ("begin 644 cat.gif\nM" + "A" * 60 + "\n#AAAA\n`\nend\n", "cat.gif"),
        ("=ybegin line=128 size=3 name=cat.gif\nabc\n=yend size=3\n", "cat.gif"),
        (
            "-------------- next part --------------\nA non-text attachment was scrubbed...\n"
            "Name: cat.gif\nType: image/gif\nURL: <x>\n",
            "cat.gif",
        ),
        ("\n".join(["QUJD" * 18] * 8) + "\n", "base64 data"),
    ],
    ids=["uuencoded", "yEnc", "scrubbed", "base64"],
)
def test_what_only_a_machine_reads_is_left_out_and_named(one, data: str, name: str) -> None:  # type: ignore[no-untyped-def]
    document = one(f"{HEADER}\nBefore.\n\n{data}\nAfter.\n")
    assert document.text.split() == ["Before.", "After."]
    assert document.metadata["attachments"] == [name]


def test_zero_bytes_and_control_characters_are_taken_out(one) -> None:  # type: ignore[no-untyped-def]
    assert one(f"{HEADER}\nWo\0rds\x07 stay.\n").text == "Words stay."


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(one) -> None:  # type: ignore[no-untyped-def]
    text = f"{HEADER}\nWords.\n\n> Quoted.\n"
    assert one(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()).text == one(text).text


def test_a_message_that_is_one_quotation_says_so(one) -> None:  # type: ignore[no-untyped-def]
    document = one(f"{HEADER}\n> All of it.\n")
    assert document.metadata["posting"] == "quote"
    assert any("all of the message is quoted" in note for note in document.notes)


def test_a_message_without_words_is_skipped_with_a_sentence(tmp_path: Path) -> None:
    found = readings(tmp_path / "m.eml", HEADER + "\n\n")
    assert found == [
        Skipped(
            str(tmp_path / "m.eml"), 'the message "Engines" of Ada King holds no text.', "line 1", empty=True
        )
    ]


def test_a_thousand_levels_of_quotation_are_read(one) -> None:  # type: ignore[no-untyped-def]
    document = one(HEADER + "\n" + "\n".join(f"{'>' * depth} x" for depth in range(1000, 0, -1)))
    assert max(block.depth for block in document.blocks) == 1000


# Mailboxes


def test_messages_are_cut_at_postmarks_and_at_nothing_else(tmp_path: Path) -> None:
    body = "\nFrom Writing to reading is a step.\n\n>From here on it is escaped.\n"
    found = documents(tmp_path / "box", mailbox(HEADER + body, HEADER.replace("<1@b>", "<2@b>") + body))
    assert [document.id for document in found] == ["mail:1@b", "mail:2@b"]
    assert "\n\nFrom here on it is escaped." in found[0].text
    assert [document.line for document in found] == [1, 1 + mailbox(HEADER + body).count("\n")]


def test_obfuscated_senders_keep_their_names(tmp_path: Path) -> None:
    text = (
        "From ada at example.org  Mon May  3 12:30:00 2004\nFrom: ada at example.org (Ada King)\n"
        "Subject: [x] a\n\nWords.\n"
    )
    found = documents(tmp_path / "box", text)[0]
    assert found.authors == ("Ada King",)
    assert found.metadata["address"] == "ada@example.org"
    assert (found.date, bool(found.date_inferred)) == ("2004-05-03T12:30:00", True)


def test_a_message_without_header_takes_the_mailbox_s_word_for_its_author(tmp_path: Path) -> None:
    found = documents(
        tmp_path / "box",
        mailbox(HEADER + "\nA.\n") + "From bo@example.org Mon May  3 12:30:00 2004\n\nWords.\n",
    )
    assert found[1].authors == found[1].authors_inferred == ("bo@example.org",)


def test_a_message_met_twice_is_read_once_and_counted(tmp_path: Path) -> None:
    found = readings(tmp_path / "box", mailbox(HEADER + "\nWords.\n", HEADER + "\nWords.\n"))
    assert [type(reading) for reading in found] == [Document, Skipped]
    assert "a second time" in str(found[1])


def test_what_was_met_is_remembered_through_any_number_of_messages() -> None:
    known = Known()
    for number in range(5_000):
        assert known.is_new(f"id {number}")
        known.note(f"id {number}", "root" if number % 2 else f"id {number}", "Ada", number)
    assert not any(known.is_new(f"id {number}") for number in range(5_000))
    assert all(known.is_repeat("Ada", number) for number in range(5_000))
    assert not any(known.is_repeat("Bo", number) for number in range(5_000))
    assert known.thread("new", "id 4999", "id 4999") == "root"
    assert known.thread("new", "id 4998", "id 4998") == "id 4998"


def test_roots_of_threads_are_looked_up_among_the_last_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_known, "_GENERATION", 10)
    known = Known()
    for number in range(25):
        known.note(f"id {number}", "root", number)
    assert known.thread("new", "id 24", "id 24") == "root"
    assert known.thread("new", "id 15", "id 15") == "root"
    assert known.thread("new", "id 0", "id 0") == "id 0"


def test_another_message_under_the_same_id_is_kept(tmp_path: Path) -> None:
    other = HEADER.replace("Engines", "Looms") + "\nOther words.\n"
    found = documents(tmp_path / "box", mailbox(HEADER + "\nWords.\n", other))
    assert [document.text for document in found] == ["Words.", "Other words."]
    assert found[0].id != found[1].id
    assert any("same id" in note for note in found[1].notes)


def test_the_thread_of_an_answer_to_an_answer_is_the_first_message(tmp_path: Path) -> None:
    chain = [
        f"From: A <a@b.c>\nSubject: x\nMessage-ID: <{number}@b>\n"
        + (f"In-Reply-To: <{number - 1}@b>\n" if number else "")
        + "\nWords.\n"
        for number in range(4)
    ]
    assert {document.thread for document in documents(tmp_path / "box", mailbox(*chain))} == {"mail:0@b"}


def test_a_thread_in_a_circle_and_a_message_that_answers_itself_are_read(tmp_path: Path) -> None:
    circle = [
        "From: A <a@b.c>\nSubject: x\nMessage-ID: <1@b>\nIn-Reply-To: <2@b>\n\nA.\n",
        "From: A <a@b.c>\nSubject: y\nMessage-ID: <2@b>\nIn-Reply-To: <1@b>\n\nB.\n",
        "From: A <a@b.c>\nSubject: z\nMessage-ID: <3@b>\nIn-Reply-To: <3@b>\n\nC.\n",
    ]
    found = documents(tmp_path / "box", mailbox(*circle))
    assert [document.parent for document in found] == ["mail:2@b", "mail:1@b", None]


def test_a_compressed_mailbox_that_breaks_off_gives_what_it_holds_and_says_so(tmp_path: Path) -> None:
    noise = [" ".join(str(n * k * 7919 % 100_003) for k in range(3000)) for n in range(1, 20)]
    text = mailbox(*(HEADER.replace("1@b", f"{n}@b") + f"\n{line}" for n, line in enumerate(noise)))
    whole = gzip.compress(text.encode(), 1)
    found = readings(tmp_path / "box.gz", whole[: len(whole) * 2 // 3])
    assert len(found) > 5
    assert isinstance(found[0], Document)
    assert isinstance(found[-1], Skipped)
    assert "breaks off" in found[-1].reason


@pytest.mark.parametrize("chunk", [64, 100, 1000])
def test_where_a_mailbox_is_cut_while_reading_does_not_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    text = mailbox(*(HEADER.replace("1@b", f"{n}@b") + f"\nWords {n}.\n" * (n % 7) for n in range(1, 40)))
    whole = [(d.id, d.text, d.line) for d in documents(tmp_path / "box", text)]
    monkeypatch.setattr(mail_split, "CHUNK", chunk)
    assert [(d.id, d.text, d.line) for d in documents(tmp_path / "box", text)] == whole


def test_the_end_of_an_enormous_message_is_left_out_and_the_next_one_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_split, "LARGEST", 5000)
    monkeypatch.setattr(mail_split, "CHUNK", 1500)
    long = HEADER + "\n" + "A line of words.\n" * 2000
    text = mailbox(long, HEADER.replace("1@b", "2@b") + "\nWords.\n")
    found = documents(tmp_path / "box", text)
    assert [document.id for document in found] == ["mail:1@b", "mail:2@b"]
    assert len(found[0].text) < 7000
    assert any("too large" in note for note in found[0].notes)
    assert found[1].line == text[: text.index("2@b")].count("\n") - 3


def test_what_is_no_mail_is_left_to_other_readers(tmp_path: Path) -> None:
    for text in (
        "From the beginning it was clear.\nSubject: none\n",
        "Title: x\nAuthor: y\n\nWords.",
        "From: <Saved by Blink>\nSnapshot-Content-Location: https://a.b\nSubject: x\nDate: y\n\n",
        '{"From": "x"}',
        "",
    ):
        path = tmp_path / "x"
        path.write_text(text)
        assert mail.sniff(SourceFile(str(path))) == 0.0


# Parts of the header


def test_subjects_become_titles() -> None:
    assert title_of("[Rd] Re: Fwd: AW: Antw: x (was: y)") == "x (was: y)"
    assert title_of("Re[2]: x") == "x"
    assert title_of("[PATCH] x") == "[PATCH] x"
    assert title_of("Re: ") == "Re:"


def test_encoded_words_are_decoded_and_broken_ones_left() -> None:
    assert unencoded("=?utf-8?b?w6lj?= =?utf-8?b?w6k=?=") == "écé"
    assert unencoded("=?utf-8?b?4oA=?= =?utf-8?b?nA==?=") == "“"
    assert unencoded("=?iso-8859-1?Q?Universit=E9_x?= y") == "Université x y"
    assert unencoded("=?nonsense") == "=?nonsense"


def test_writers_are_named() -> None:
    assert writer('"King, Ada" <ada@example.org>') == ("Ada King", "ada@example.org")
    assert writer("ada@example.org") == ("ada@example.org", "ada@example.org")
    assert writer("") is None


def test_the_parent_is_the_id_and_not_the_address_beside_it() -> None:
    fields = fields_of(b"In-Reply-To: Message from Ada <ada@b.c> of Monday <1@b>\nReferences: <0@b> <1@b>\n")
    assert lineage(fields, "2@b") == ("1@b", "0@b")
    assert lineage({"references": "<0@b> <1@b>"}, None) == ("1@b", "0@b")
    assert lineage({}, None) == (None, None)


@settings(max_examples=150)
@given(
    st.binary(max_size=400),
    st.sampled_from(["", "text/plain", "text/html", 'multipart/mixed; boundary="x"', "message/rfc822"]),
)
def test_no_body_whatever_stops_the_reader(data: bytes, kind: str) -> None:
    body = body_of({"content-type": kind, "content-transfer-encoding": "quoted-printable"}, data)
    assert all(isinstance(text, str) for _, text in body.texts)


@settings(max_examples=100)
@given(st.text(max_size=60))
def test_no_date_whatever_stops_the_reader(text: str) -> None:
    date, inferred, _ = dated({"date": text}, "")
    assert date is None or date[:4].isdigit()
    assert not inferred


def test_the_reader_yields_before_it_has_read_all(tmp_path: Path) -> None:
    path = tmp_path / "box"
    path.write_text(mailbox(*(HEADER.replace("1@b", f"{n}@b") + "\nWords.\n" * 40 for n in range(6000))))
    stream: Iterator[Reading] = mail.read(SourceFile(str(path)))
    assert isinstance(next(stream), Document)
    assert path.stat().st_size > 2 * mail_split.CHUNK


BORDER = "-" * 30
DIGEST = (
    "From: rungs-request@lists.example\nDate: Mon, 3 May 2004 12:00:00 "
    "+0200\nSubject: Rungs Digest, Vol 15, Issue 3\n"
    f"Message-ID: <d@b>\n\nSend submissions "
    f"to\n\trungs@lists.example\n\nToday's Topics:\n\n   1. Ladders (Ada King)\n\n\n"
    f"{'-' * 70}\n\nMessage: 1\nDate: Sun, 2 May 2004 10:00:00 +0200\nFrom: Ada King <ada@example.org>\n"
    f"Subject: [Rungs] Ladders\nMessage-ID: <m1@b>\n\nLadders are "
    f"long.\n{BORDER}\nA rule of her own.\n\n{BORDER}\n\n"
    "Message: 2\nDate: Sun, 2 May 2004 11:00:00 +0200\nFrom: Bo Lee "
    "<bo@example.org>\nSubject: Re: [Rungs] Ladders\n"
    f"In-Reply-To: <m1@b>\nMessage-ID: <m2@b>\n\n> Ladders are long.\n\nShort.\n\n{BORDER}\n\n"
    "End of Rungs Digest, Vol 15, Issue 3\n************************************\n"
)


def test_a_digest_is_read_as_the_messages_in_it(tmp_path: Path) -> None:
    found = readings(tmp_path / "digest.eml", DIGEST)
    first, second = (one for one in found if isinstance(one, Document))
    assert (first.id, first.authors, first.title) == ("mail:m1@b", ("Ada King",), "Ladders")
    assert first.text == f"Ladders are long.\n{BORDER}\nA rule of her own."
    assert DIGEST.split("\n")[first.line - 1].startswith("Date: Sun, 2 May 2004 10")
    assert (second.id, second.parent, second.thread) == ("mail:m2@b", "mail:m1@b", "mail:m1@b")
    assert [(block.voice, second.text[block.start : block.end]) for block in second.blocks] == [
        ("quoted", "Ladders are long."),
        ("own", "Short."),
    ]
    assert str(found[-1]) == str(
        Skipped(
            str(tmp_path / "digest.eml"),
            "The message is a digest: the 2 messages in it were read in its place.",
            "line 1",
            empty=True,
        )
    )
    boxed = documents(tmp_path / "box", mailbox(DIGEST))
    assert [one.line for one in boxed] == [first.line + 1, second.line + 1]


def test_a_message_that_speaks_of_a_digest_is_none(tmp_path: Path) -> None:
    found = documents(
        tmp_path / "box", mailbox(HEADER.replace("Engines", "The Digest") + f"\nA.\n{'-' * 70}\nB.\n")
    )
    assert [one.title for one in found] == ["The Digest"]


# Folders of other programs

BABYL = """BABYL OPTIONS: -*- rmail -*-
Version: 5
Note:   This is the header of an rmail file.
\x1f\x0c
1, answered,,
Summary-line: 12-Mar  ada@example.org  #Engines
Received: from a by b; Tue, 12 Mar 1991 10:00:00 -0500
From: Ada King <ada@example.org>
Subject: Engines
Date: Tue, 12 Mar 91 10:00:00 -0500
Message-ID: <1@b>

*** EOOH ***
From: Ada King <ada@example.org>
Subject: Engines

They do what we order.
\x1f\x0c
0, unseen,,
*** EOOH ***
From: Bob Reed <bob@example.org>
Subject: Re: Engines
In-Reply-To: <1@b>
Message-ID: <2@b>

> They do what we order.

They do not.
\x1f"""


def test_a_babyl_file_is_its_messages_with_their_whole_headers(tmp_path: Path) -> None:
    path = tmp_path / "RMAIL"
    first, second = documents(path, BABYL)
    assert sniff(SourceFile(str(path))).name == "mail"
    assert (first.id, first.text, first.date) == (
        "mail:1@b",
        "They do what we order.",
        "1991-03-12T10:00:00-05:00",
    )
    assert (second.id, second.parent, second.authors) == ("mail:2@b", first.id, ("Bob Reed",))
    assert [block.voice for block in second.blocks] == ["quoted", "own"]
    assert [document.line for document in (first, second)] == [5, 19]


def test_an_mmdf_folder_is_its_messages(tmp_path: Path) -> None:
    message = "From ada@example.org Mon May  3 12:30:00 2004\n" + HEADER + "\n{}\n"
    border = "\x01\x01\x01\x01\n"
    one, two = message.format("One."), message.replace("<1@b>", "<2@b>").format("Two.")
    text = f"{border}{one}{border}{border}{two}{border}"
    assert [document.text for document in documents(tmp_path / "folder", text)] == ["One.", "Two."]


def test_a_large_message_of_a_folder_keeps_its_beginning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("essaysearch.readers.mail_folders.LARGEST", 400)
    long = BABYL.replace("They do not.", "They do not.\n" * 200)
    _, second = documents(tmp_path / "RMAIL", long)
    assert second.text.count("They do not.") < 40
    assert any("too large" in note for note in second.notes)


@pytest.mark.parametrize("closing", ["Regards,\n        Ada King", "Best wishes,\n    Ada"])
def test_a_closing_that_is_set_in_within_a_quotation_is_no_code(one: object, closing: str) -> None:
    quoted = "\n".join(f">     {line}" for line in closing.split("\n"))
    found = one(
        f"{HEADER}\n> They do what we order them to do, and nothing else.\n>\n{quoted}\n\nThey do not.\n"
    )
    assert [block.role for block in found.blocks] == ["paragraph"] * 3
