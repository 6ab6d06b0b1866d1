"""Reviews, bibliographies' odd TeX, publishers' markup: what other files of known kinds hold."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from essaysearch.filling import ingest
from essaysearch.model import Document, Skipped
from essaysearch.readers import tex
from essaysearch.readers.abstracts import abstract_text, untagged
from essaysearch.voices.intros import person

Write = Callable[[str, str], str]


@pytest.fixture
def file(tmp_path: Path) -> Write:
    """Writes a file and gives its path."""

    def write(name: str, content: str) -> str:
        (tmp_path / name).write_text(content, encoding="utf-8")
        return str(tmp_path / name)

    return write


def documents(path: str) -> list[Document]:
    return [reading for reading in ingest.read(path) if isinstance(reading, Document)]


def skips(path: str) -> list[str]:
    return [reading.reason for reading in ingest.read(path) if isinstance(reading, Skipped)]


def blocks(document: Document) -> list[tuple[str, str, str]]:
    return [(block.role, block.voice, document.text[block.start : block.end]) for block in document.blocks]


VENUE = "Rungs.cc/2024/Conference"


def note(id: str, above: str | None, what: str, signed: str, **content: Any) -> dict[str, Any]:
    """A note of version 2 in the forum ``paper``."""
    return {
        "id": id,
        "forum": "paper",
        "replyto": above,
        "cdate": 1698500000000,
        "signatures": [f"{VENUE}/{signed}"],
        "invitations": [f"{VENUE}/Submission7/-/{what}", f"{VENUE}/-/Edit"],
        "content": {key: {"value": value} for key, value in content.items()},
    }


def submission() -> dict[str, Any]:
    """A submission with a review, an answer and a decision in its details."""
    replies = [
        note(
            "review",
            "paper",
            "Official_Review",
            "Submission7/Reviewer_7aQx",
            summary="It climbs.",
            weaknesses="> We climb.\n\nWhich rungs?",
            rating="6: above the bar",
            confidence="4",
        ),
        note(
            "answer", "review", "Official_Comment", "Submission7/Authors", title="Re", comment="All of them."
        ),
        note("decision", "paper", "Decision", "Program_Chairs", decision="Accept (poster)", comment=""),
    ]
    paper = note(
        "paper",
        None,
        "Submission",
        "Submission7/Authors",
        title="Ladders",
        authors=["Odile Fenn", "Ludo Marchpane"],
        abstract="We climb.\nAnd fall.",
        keywords=["ladders"],
        pdf="/pdf/1.pdf",
        venue="Rungs 2024",
    )
    return {**paper, "details": {"replies": replies}}


def test_openreview_gives_a_submission_and_what_was_said_of_it(file: Write) -> None:
    found = documents(file("a.json", json.dumps({"notes": [submission()], "count": 1})))
    assert [(one.id, one.kind, one.parent, one.thread, one.authors) for one in found] == [
        ("openreview:paper", "abstract", None, "openreview:paper", ("Odile Fenn", "Ludo Marchpane")),
        ("openreview:review", "comment", "openreview:paper", "openreview:paper", ("Reviewer 7aQx",)),
        ("openreview:answer", "comment", "openreview:review", "openreview:paper", ("Authors",)),
        ("openreview:decision", "comment", "openreview:paper", "openreview:paper", ("Program Chairs",)),
    ]
    paper, review, answer, decision = found
    assert (paper.title, paper.text, paper.categories) == ("Ladders", "We climb. And fall.", ("ladders",))
    assert (paper.url, paper.date) == ("https://openreview.net/forum?id=paper", "2023-10-28T13:33:20+00:00")
    assert blocks(review) == [
        ("heading", "own", "Summary"),
        ("paragraph", "own", "It climbs."),
        ("heading", "own", "Weaknesses"),
        ("paragraph", "quoted", "We climb."),
        ("paragraph", "own", "Which rungs?"),
    ]
    assert (review.metadata["rating"], review.metadata["confidence"]) == ("6: above the bar", "4")
    assert (answer.title, answer.text, decision.text) == ("Re", "All of them.", "Accept (poster)")


def test_openreview_s_first_version_has_bare_values_a_note_a_line(file: Write) -> None:
    plain = {"forum": "x", "signatures": ["~Odile_Fenn1"], "tcdate": 1601308000000}
    lines = [
        {**plain, "id": "x", "invitation": f"{VENUE}/-/Blind_Submission", "content": {"title": "On Rungs"}},
        {
            **plain,
            "id": "y",
            "replyto": "x",
            "invitation": f"{VENUE}/Paper1/-/Comment",
            "content": {"comment": "No."},
        },
        {
            **plain,
            "id": "y",
            "replyto": "x",
            "invitation": f"{VENUE}/Paper1/-/Comment",
            "content": {"comment": "No."},
        },
        {**plain, "id": "z", "replyto": "y", "ddate": 1, "invitation": "c", "content": {"comment": "Gone."}},
    ]
    path = file("a.jsonl", "\n".join(map(json.dumps, lines)))
    assert [(one.id, one.authors, one.text or one.title) for one in documents(path)] == [
        ("openreview:x", ("Odile Fenn",), "On Rungs"),
        ("openreview:y", ("Odile Fenn",), "No."),
    ]
    assert skips(path) == [
        "1 note stands in the file twice; the first was kept.",
        "1 note was deleted by the venue and left out.",
    ]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"a\textasciitilde{}b \~{}c", "a~b ~c"),
        (r"C:\textbackslash{}temp", r"C:\temp"),
        (r"don\textquoteright{}t say \textquotedblleft no\textquotedblright", "don’t say “no”"),
        (r"Stra\ss e, S{\o}ren \O rsted, {\aa}ngstr{\"o}m", "Straße, Søren Ørsted, ångström"),
        (r"\{x\} \textbraceleft y\textbraceright, 5\% \& \$3", "{x} {y}, 5% & $3"),
        (
            r"\url{http://a.example/~c_d} and https://b.example/~e",
            "http://a.example/~c_d and https://b.example/~e",
        ),
        (r"A~B by \LaTeX{}, \textexclamdown Hola!", "A B by LaTeX, ¡Hola!"),
        (r"x\^{}2 \textasciicircum{}", "x^2 ^"),
    ],
)
def test_tex_s_names_of_signs_are_the_signs(written: str, meant: str) -> None:
    assert tex.plain(written) == meant


def test_first_authors_of_ris_stand_beside_its_other_authors(file: Write) -> None:
    ris = "TY  - JOUR\nTI  - On Rungs\nA1  - Fenn, Odile\nAU  - Marchpane, Ludo\nAU  - Fenn, Odile\nER  -\n"
    assert documents(file("a.ris", ris))[0].authors == ("Odile Fenn", "Ludo Marchpane")
    pubmed = "PMID- 12\nTI  - On Rungs\nFAU - Fenn, Odile\nAU  - Fenn O\n\n"
    assert documents(file("b.nbib", pubmed))[0].authors == ("Odile Fenn",)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (
            "<jats:title>Abstract</jats:title><jats:p>On <jats:italic>E. coli</jats:italic> &amp; a &lt; b."
            "</jats:p><jats:p>Two.</jats:p>",
            "On E. coli & a < b.\n\nTwo.",
        ),
        (
            "If <jats:inline-formula><jats:alternatives><jats:tex-math>$x$</jats:tex-math><mml:math><mml:mi>x"
            "</mml:mi></mml:math></jats:alternatives></jats:inline-formula> is",
            "If $x$ is",
        ),
        ("&lt;p&gt;Escaped &lt;i&gt;twice&lt;/i&gt;.&lt;/p&gt;", "Escaped twice."),
        ("the mean <p> of <b> and <insert any goal here>", "the mean <p> of <b> and <insert any goal here>"),
        ("H<sub>2</sub>O at <scp>pH</scp> 7", "H2O at pH 7"),
    ],
)
def test_markup_that_publishers_leave_in_goes_and_what_looks_like_it_stays(source: str, text: str) -> None:
    assert abstract_text(source) == text


def test_semantic_scholar_s_titles_and_abstracts_lose_their_markup(file: Write) -> None:
    paper = {
        "paperId": "1a",
        "title": "Of <i>Mice</i> &amp; <scp>Men</scp>",
        "abstract": "<jats:p>Of both &amp; neither.</jats:p>",
    }
    found = documents(file("a.json", json.dumps(paper)))[0]
    assert (found.title, found.text) == ("Of Mice & Men", "Of both & neither.")
    assert untagged("AT&amp;T") == "AT&amp;T"


@pytest.mark.parametrize(
    ("name", "content", "id"),
    [
        (
            "csl.json",
            [
                {
                    "id": "fenn2024",
                    "type": "article-journal",
                    "title": "On rungs",
                    "abstract": "We climb.",
                    "author": [{"given": "Odile", "family": "Fenn"}],
                    "issued": {"date-parts": [[2024, 1, 2]]},
                }
            ],
            "csl:fenn2024",
        ),
        (
            "crossref.json",
            {
                "message": {
                    "items": [
                        {
                            "DOI": "10.1000/X",
                            "title": ["On <i>rungs</i>"],
                            "abstract": "<jats:p>We climb.</jats:p>",
                            "author": [{"given": "Odile", "family": "Fenn"}],
                            "issued": {"date-parts": [["2024", "1", "2"]]},
                        }
                    ]
                }
            },
            "doi:10.1000/x",
        ),
        (
            "openalex.json",
            {
                "results": [
                    {
                        "id": "https://openalex.org/W1",
                        "doi": "https://doi.org/10.1000/z",
                        "title": "On rungs",
                        "publication_date": "2024-01-02",
                        "authorships": [{"author": {"display_name": "Odile Fenn"}}],
                        "abstract_inverted_index": {"climb.": [1], "We": [0]},
                    }
                ]
            },
            "doi:10.1000/z",
        ),
    ],
)
def test_bibliographies_in_json_are_abstracts(file: Write, name: str, content: Any, id: str) -> None:
    found = documents(file(name, json.dumps(content)))
    assert [(one.id, one.kind, one.title, one.text, one.authors, one.date) for one in found] == [
        (id, "abstract", "On rungs", "We climb.", ("Odile Fenn",), "2024-01-02")
    ]


def test_arxiv_s_feeds_are_abstracts_with_their_authors(file: Write) -> None:
    item = (
        "<item><title>On "
        "Rungs</title><link>https://arxiv.org/abs/2401.00001</link><description>arXiv:2401.00001v1 "
        "Announce Type: new \nAbstract: We climb.</description><dc:creator>Odile Fenn, "
        "Ludo Marchpane</dc:creator>"
        "</item>"
    )
    rss = (
        '<rss xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0"><channel><title>cs.LG</title>'
        f"<link>http://rss.arxiv.org/rss/cs.LG</link>{item}</channel></rss>"
    )
    atom = (
        "<feed "
        'xmlns="http://www.w3.org/2005/Atom"><entry><id>http://arxiv.org/abs/2401.00001v2</id><title>On Rungs'
        "</title><summary>We climb.</summary><author><name>Odile "
        "Fenn</name></author><author><name>Ludo Marchpane"
        "</name></author></entry></feed>"
    )
    for path in (file("a.xml", rss), file("b.xml", atom)):
        found = documents(path)
        assert [(one.id, one.kind, one.text, one.authors) for one in found] == [
            ("arxiv:2401.00001", "abstract", "We climb.", ("Odile Fenn", "Ludo Marchpane"))
        ]


def test_a_table_of_hacker_news_items_is_read_as_the_items(file: Write) -> None:
    table = (
        "id,by,author,time,time_ts,text,parent,deleted,dead,ranking\n"
        '7,fenn,fenn,1314211127,2011-08-24 18:38:47 UTC,"&gt; Rungs<p>None.",5,,,0\n'
        "8,,,1314211128,2011-08-24 18:38:48 UTC,,5,true,,0\n"
    )
    path = file("a.csv", table)
    assert [(one.id, one.parent, one.date, one.text) for one in documents(path)] == [
        ("hn:7", "hn:5", "2011-08-24T18:38:47+00:00", "Rungs\n\nNone.")
    ]
    assert skips(path) == ["1 item was deleted and left out."]


def test_a_box_around_an_introduction_and_its_quotation_is_no_level_of_its_own(file: Write) -> None:
    mail = (
        "From: Ada King <ada@example.org>\nSubject: x\nDate: Mon, 3 May 2004 12:30:00 "
        "+0200\nMessage-ID: <1@b>\n"
        'Content-Type: text/html\n\n<div>Mine.<br><div class="gmail_quote"><div '
        'class="gmail_attr">On Sun, May 2, '
        "2004 at 10:00 AM Bo Lee &lt;bo@example.org&gt; "
        "wrote:<br></div><blockquote><div>His.</div></blockquote>"
        "</div></div>\n"
    )
    found = documents(file("a.eml", mail))[0]
    assert [(block.depth, block.speaker) for block in found.blocks if block.voice == "quoted"] == [
        (1, "Bo Lee")
    ]


LIST = "".join(f'<li><a href="00{number}.html">On rungs</a> <i>Ada King</i></li>' for number in range(10, 30))


@pytest.mark.parametrize("program", ["Pipermail 0.09", '<a href="x">hypermail 2.2.0</a>', "MHonArc 2.6"])
def test_an_index_of_a_mail_archive_is_refused_as_one(file: Write, program: str) -> None:
    page = (
        "<html><head><title>The Rungs Archive by thread</title></head><body><h1>May 2004 by thread</h1>"
        f"<p><b>Starting:</b> <i>Sat May 1 2004</i></p><ul>{LIST}</ul><p>This archive was "
        f"generated by {program}</p>"
        "</body></html>"
    )
    path = file("thread.html", page)
    assert documents(path) == []
    assert skips(path) == ["The page is an index of a mail archive: it names messages and holds none."]


def test_a_feed_of_a_site_whose_texts_open_with_their_date_is_dated(file: Write) -> None:
    item = (
        "<item><title>Rungs</title><link>http://www.paulgraham.com/rungs.html</link>"
        "<description>July 2009 The rungs have not been climbed. Not by August 2009.</description></item>"
    )
    found = documents(file("a.xml", f'<rss version="2.0"><channel><title>x</title>{item}</channel></rss>'))[0]
    assert (found.date, found.date_inferred) == ("2009-07", "the text opens with this date")
    assert blocks(found) == [("paragraph", "own", "The rungs have not been climbed. Not by August 2009.")]
    elsewhere = item.replace("www.paulgraham.com", "rungs.example")
    found = documents(
        file("b.xml", f'<rss version="2.0"><channel><title>x</title>{elsewhere}</channel></rss>')
    )[0]
    assert (found.date, found.text[:9]) == (None, "July 2009")


def test_a_telephone_number_is_no_part_of_a_name() -> None:
    assert person("bo@lee.example (Bo Lee 602/621-9615)") == "Bo Lee"
    assert person("bo@lee.example (Bo Lee +1-908-949-0705)") == "Bo Lee"


def test_a_page_of_hypermail_whose_comments_were_dropped_in_saving_is_its_message(file: Write) -> None:
    links = "".join(f'<li><a href="02{n:02}.html">Message {n}</a></li>' for n in range(8))
    path = file(
        "0205.html",
        '<html><head><meta name="generator" content="hypermail 2.3.0, see http://www.hypermail-project.org/">'
        f"</head><body><div class=head><h1>[gulls] Singing</h1><ul>{links}</ul></div><div class=mail>"
        "<address class=headers><span id=from><dfn>From</dfn>: Ada Anders &lt;ada@example.org&gt;</span><br>"
        "<span id=date><dfn>Date</dfn>: Wed, 16 Jul 2003 10:01:06 -0600</span></address><br>Gulls sing.<br>"
        "<em>&gt; Do they?</em><br></div><div class=foot>Next message</div></body></html>",
    )
    (message,) = documents(path)
    assert (message.kind, message.authors) == ("message", ("Ada Anders",))
    assert message.text == "Gulls sing.\n\nDo they?"
    assert [block.voice for block in message.blocks] == ["own", "quoted"]
