"""PDF: running heads go, words cut at a line's end are joined, structure is read off the page."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType

import pytest

from essaysearch.filling import ingest
from essaysearch.model import Document, Skipped
from essaysearch.readers import pdf_lines

pytest.importorskip("pypdf")

Placed = tuple[float, float, float, str, str]
"""Left and bottom in points, size, font (``F1`` roman, ``F2`` bold, ``F3`` typewriter), text."""


def pdf(pages: list[list[Placed]], info: str = "") -> bytes:
    """A PDF with these lines on its pages: the smallest file that says so."""
    fonts = "".join(
        f"/F{n} << /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >> "
        for n, name in enumerate(("Times-Roman", "Times-Bold", "Courier"), 1)
    )
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", f"<< {info} >>".encode()]
    kids = []
    for lines in pages:
        shown = "\n".join(
            "BT /{} {} Tf 1 0 0 1 {} {} Tm ({}) Tj ET".format(
                font, size, x, y, text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
            )
            for x, y, size, font, text in lines
        ).encode("cp1252")
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(shown), shown))
        content = len(objects)
        page = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {content} 0 R"
        objects.append(f"{page} /Resources << /Font << {fonts} >> >> >>".encode())
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer << /Size %d /Root 1 0 R /Info 3 0 R >>\nstartxref\n%d\n%%%%EOF" % (
        len(objects) + 1,
        table,
    )


def column(top: float, *lines: str, x: float = 72, size: float = 10, font: str = "F1") -> list[Placed]:
    return [(x, top - 12 * n, size, font, text) for n, text in enumerate(lines)]


def paper() -> bytes:
    first = [
        (10, 400, 9, "F1", "arXiv:2401.05566v2  [cs.LG]  17 Jan 2024"),
        (150, 720, 18, "F1", "On Watchful"),
        (150, 700, 18, "F1", "Machines"),
        *column(670, "Ada Quill"),
        (280, 640, 10, "F2", "Abstract"),
        *column(
            620,
            "We ask whether machines that watch them-",
            "selves behave, and show that a self-model",
            "helps.",
        ),
        (72, 570, 12, "F2", "1 Introduction"),
        *column(550, "A first paragraph of ordinary length that is", "set over two lines."),
        *column(500, "A second one, after a gap, goes on over the"),
        (300, 40, 10, "F1", "1"),
    ]
    bodies = [
        [
            *column(730, "page and ends here."),
            *column(700, "• one thing", "• another thing that is", "  longer"),
            *column(650, "x = f(y)", "print(x)", font="F3"),
            *column(600, "The third paragraph stands alone on its", "lines and ends at their end."),
        ],
        [
            *column(
                730,
                *(f"Line {word} of a page without breaks" for word in ("alpha", "beta", "gamma", "delta")),
            )
        ],
        [
            (72, 730, 12, "F2", "References"),
            *column(710, "[1] B. Stone. On selves. 2020.", "[2] C. Reed. More of the same. 2021."),
        ],
    ]
    later = [
        [
            (72, 760, 10, "F1", "A. Quill"),
            (500, 760, 10, "F1", "Watchful Machines"),
            *body,
            (300, 40, 10, "F1", str(number)),
        ]
        for number, body in enumerate(bodies, 2)
    ]
    return pdf([first, *later], "/Author (Ada Quill) /Title (paper.dvi) /CreationDate (D:20240118)")


@pytest.fixture
def read(tmp_path):
    def run(data: bytes):
        path = Path(tmp_path / "paper.pdf")
        path.write_bytes(data)
        return list(ingest.read(path))

    return run


def test_a_paper_reads_as_a_person_would_read_it(read):
    (document,) = read(paper())
    assert isinstance(document, Document)
    assert document.title == "On Watchful Machines"
    assert document.kind == "essay"
    assert document.authors == ("Ada Quill",)
    assert document.id == "arxiv:2401.05566#pdf"
    assert document.date == "2024-01-17"
    assert document.categories == ("cs.LG",)
    assert document.metadata["made"] == "2024-01-18"
    blocks = [(block.role, document.text[block.start : block.end]) for block in document.blocks]
    assert blocks[1:8] == [
        ("heading", "Abstract"),
        (
            "paragraph",
            "We ask whether machines that watch themselves behave, and show that a self-model helps.",
        ),
        ("heading", "1 Introduction"),
        ("paragraph", "A first paragraph of ordinary length that is set over two lines."),
        ("paragraph", "A second one, after a gap, goes on over the page and ends here."),
        ("list", "• one thing\n• another thing that is longer"),
        ("code", "x = f(y)\nprint(x)"),
    ]
    assert blocks[-3:] == [
        ("heading", "References"),
        ("note", "[1] B. Stone. On selves. 2020."),
        ("note", "[2] C. Reed. More of the same. 2021."),
    ]


def test_what_repeats_on_every_page_is_in_no_block(read):
    (document,) = read(paper())
    assert "A. Quill" not in document.text
    assert "arXiv:" not in document.text
    assert not any(line.strip() in ("1", "2", "3", "4") for line in document.text.split("\n"))


def test_a_pdf_of_images_says_that_it_holds_no_text(read):
    (skipped,) = read(pdf([[], []]))
    assert isinstance(skipped, Skipped)
    assert "its pages are images" in skipped.reason


@pytest.mark.parametrize("cut", [9, 60, 400, 900])
def test_a_damaged_pdf_is_refused_or_read_in_part_with_a_sentence(read, cut):
    readings = read(paper()[:cut])
    assert readings
    assert all("unforeseen" not in reading.reason for reading in readings if isinstance(reading, Skipped))


def test_cells_of_a_table_stand_apart_and_signs_of_other_fonts_are_bullets(read):
    lines = [
        *column(700, *["They watch the harbour and they say what they have seen of it."] * 6),
        (72, 600, 10, "F1", "Model"), (200, 600, 10, "F1", "Score"),
        (72, 588, 10, "F1", "Gull"), (200, 588, 10, "F1", "0.5"),
        (72, 560, 10, "F1", "\x7f First of all"), (72, 548, 10, "F1", "\x7f Second of all"),
    ]  # fmt: skip
    (document,) = read(pdf([lines], "/Author (anonymous) /Subject (\\(unspecified\\))"))
    assert "Model Score" in document.text
    assert "Gull 0.5" in document.text
    assert [document.text[b.start : b.end] for b in document.blocks if b.role == "list"] == [
        "• First of all\n• Second of all"
    ]
    assert (document.authors, "subject" in document.metadata) == ((), False)


def _two_pages(head: str) -> bytes:
    """A title and prose; on the second page a head over the text."""
    prose = [f"The keeper counted twice on the evening numbered {n}, and wrote it down." for n in range(6)]
    first = [(150.0, 720.0, 18.0, "F1", "On Gulls at Dusk"), (200.0, 690.0, 10.0, "F1", "Odile Fenn")]
    return pdf([[*first, *column(650, *prose)], [(72, 750, 9, "F1", head), *column(700, *prose)]])


@pytest.mark.parametrize("head", ["ON GULLS AT DUSK", "Odile Fenn"])
def test_a_head_that_stands_on_one_page_only_is_known_by_the_title_or_name_it_repeats(read, head):
    (document,) = read(_two_pages(head))
    assert document.title == "On Gulls at Dusk"
    assert head not in document.text.removeprefix("Odile Fenn")
    assert document.text.count("numbered 5") == 2


def test_a_first_line_that_repeats_nothing_stays_on_its_page(read):
    (document,) = read(_two_pages("He was alone by then."))
    assert "He was alone by then." in document.text


def test_footnotes_at_the_foot_of_a_page_are_notes_and_do_not_cut_the_paragraph_over_them(read):
    lines = [f"The keeper counted on the evening numbered {n} and did not tell" for n in range(6)]
    foot = column(
        120, "1 It was Tobias who said so,", "in a letter that is lost.", "2 See the appendix.", size=8
    )
    (document,) = read(
        pdf([[*column(650, *lines), *foot], column(700, "anybody of it until the spring.", *lines)])
    )
    blocks = [(block.role, document.text[block.start : block.end]) for block in document.blocks]
    assert [role for role, _ in blocks] == ["paragraph", "note", "note"]
    assert "did not tell anybody of it until" in blocks[0][1]
    assert [text for _, text in blocks[1:]] == [
        "1 It was Tobias who said so, in a letter that is lost.",
        "2 See the appendix.",
    ]


def _titled(*below: Placed, info: str = "", foot: tuple[str, ...] = ()) -> bytes:
    """A paper's first page: a title, what is given to stand under it, an abstract, small type at its foot."""
    return pdf(
        [
            [
                (150, 720, 18, "F1", "On Watchful Machines*"),
                *below,
                (280, 600, 10, "F2", "ABSTRACT"),
                *column(
                    580, "We ask whether machines that watch them", "selves behave, and show that they do."
                ),
                (72, 540, 12, "F2", "1 Introduction"),
                *column(520, "A first paragraph of ordinary length that is", "set over two lines."),
                *column(90, *foot, size=8),
            ]
        ],
        info,
    )


@pytest.mark.parametrize(
    ("below", "authors"),
    [
        ((*column(690, "Ada Quill, Bea K. Moor and C. D. Reed", size=12), *column(670, "Open University")),
         ("Ada Quill", "Bea K. Moor", "C. D. Reed")),
        ((*column(690, "Ada Quill1 and Vitaly Moor2*"), *column(670, "1Institute of Knots", "2Harbour Lab")),
         ("Ada Quill", "Vitaly Moor")),
        (column(690, "Ada Quill", "UC Shore", "q@shore.example", "Bea Moor", "UC Shore", "m@shore.example"),
         ("Ada Quill", "Bea Moor")),
        (((80, 690, 12, "F2", "Ada Quill"), (330, 690, 12, "F2", "Bea Moor"),
          (80, 676, 10, "F1", "Shore College"), (330, 676, 10, "F1", "Hill College")),
         ("Ada Quill", "Bea Moor")),
        (column(690, "Ada Quill Bea Moor"), ()),
        (column(690, "Department of Knots", "Shore University"), ()),
    ],
)  # fmt: skip
def test_authors_are_taken_from_a_line_under_the_title_that_is_nothing_but_names(read, below, authors):
    (paper,) = read(_titled(*below))
    assert (paper.title, paper.authors) == ("On Watchful Machines", authors)
    assert [paper.text[block.start : block.end] for block in paper.blocks if block.role == "heading"] == [
        "ABSTRACT",
        "1 Introduction",
    ]
    assert (paper.blocks[0].role, paper.blocks[0].reason) == ("furniture", "byline")


def test_what_the_page_says_is_believed_where_the_file_s_record_is_the_publisher_s(read):
    foot = ("Proceedings of the 3rd Meeting on Knots, pages 1-9,", "Shore, June 2007. Association for Knots")
    below = column(690, "Ada Quill and Bea Moor", size=12)
    info = "/Author (Association for Knots) /Title (Proceedings of the 3rd Meeting on Knots)"
    (paper,) = read(_titled(*below, info=info, foot=foot))
    assert (paper.title, paper.authors) == ("On Watchful Machines", ("Ada Quill", "Bea Moor"))
    assert (paper.date, paper.metadata["record"]) == ("2007", "Proceedings of the 3rd Meeting on Knots")
    assert paper.blocks[-1].role == "note"
    (paper,) = read(_titled(*below, info="/Author (Ada Quill; Bea Moor) /Title (On watchful machines)"))
    assert (paper.title, paper.authors, paper.date) == (
        "On watchful machines",
        ("Ada Quill", "Bea Moor"),
        None,
    )


def test_a_record_whose_values_stand_apart_is_followed():
    class Apart:
        def get_object(self) -> str:
            return "Ada Quill "

    class Reader:
        metadata = MappingProxyType({"/Author": Apart(), "/Title": "Knots", "/Pages": 3})

    assert pdf_lines._facts(Reader()) == {"author": "Ada Quill", "title": "Knots"}


def test_a_line_of_a_sentence_that_begins_as_an_item_does_goes_on_with_it(read):
    lines = column(
        700, "This needs the checking of every phrase of length", "k. It is soon too much to do", "by hand."
    )
    (page,) = read(pdf([lines]))
    assert [block.role for block in page.blocks] == ["paragraph"]


def test_letters_of_a_drawing_and_captions_are_no_headings(read):
    drawn = [
        (80, 600, 14, "F1", "I1,2"),
        (180, 560, 14, "F1", "zij 2"),
        (80, 500, 12, "F2", "Figure 1: What is drawn"),
    ]
    (page,) = read(pdf([[*column(700, "A page of text that says", "what is drawn."), *drawn]]))
    assert "heading" not in {block.role for block in page.blocks}


def test_a_file_encrypted_without_a_password_is_read(read, tmp_path):
    pypdf = pytest.importorskip("pypdf")
    pytest.importorskip("cryptography")
    (tmp_path / "open.pdf").write_bytes(paper())
    writer = pypdf.PdfWriter(clone_from=tmp_path / "open.pdf")
    writer.encrypt("", "owner", algorithm="AES-256")
    writer.write(tmp_path / "closed.pdf")
    (document,) = read((tmp_path / "closed.pdf").read_bytes())
    assert document.title == "On Watchful Machines"
