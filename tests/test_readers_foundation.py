"""The foundation's readers: comment page, author page, Markdown, JSON Lines, plain text."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from essaysearch.errors import ReadError, UnknownReader
from essaysearch.model import Block, Document, Reading, Skipped, SourceFacts
from essaysearch.readers import comment_page
from essaysearch.readers.front_matter import typed
from essaysearch.readers.names import authors_of
from essaysearch.readers.source import SourceFile
from essaysearch.readers.table import READERS, reader_named, sniff
from essaysearch.text.passages import split
from shared import COLLECTIONS, SAMPLES, SEEDS, needs_shared


def source(tmp_path: Path, content: str | bytes, name: str = "a.txt") -> SourceFile:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return SourceFile(str(path))


def read(file: SourceFile) -> list[Reading]:
    return list(sniff(file).read(file))


def documents(file: SourceFile) -> list[Document]:
    return [reading for reading in read(file) if isinstance(reading, Document)]


def only(file: SourceFile) -> Document:
    (document,) = documents(file)
    return document


def kept(document: Document) -> dict[str, object]:
    """What else the source said, without where its facts were found."""
    return {key: value for key, value in document.metadata.items() if key != "origins"}


def facts(file: SourceFile) -> dict[str, object]:
    (found,) = (reading for reading in read(file) if isinstance(reading, SourceFacts))
    return dict(found.metadata)


def said(document: Document, **features: object) -> list[str]:
    """The texts of the blocks with these features."""
    return [
        document.text[block.start : block.end]
        for block in document.blocks
        if all(getattr(block, name) == value for name, value in features.items())
    ]


def roles(document: Document) -> list[str]:
    return [block.role for block in document.blocks]


def covered(document: Document) -> bool:
    inside = "".join("".join(document.text[block.start : block.end].split()) for block in document.blocks)
    return inside == "".join(document.text.split())


# The table


def test_readers_have_names_of_their_own_that_a_command_line_can_take() -> None:
    names = [reader.name for reader in READERS]
    assert len(set(names)) == len(names)
    assert all(name == name.lower() and " " not in name for name in names)
    assert {"comment-page", "author-page", "markdown", "jsonl", "text"} <= set(names)


def test_a_reader_is_found_by_its_name_however_it_is_written() -> None:
    assert reader_named("Comment_Page") is comment_page.READER
    with pytest.raises(UnknownReader, match=r'no reader "zzz"\. The readers are: .*markdown'):
        reader_named("zzz")


@pytest.mark.parametrize(
    ("name", "content", "reader"),
    [
        ("a.txt", "Some prose about lamps.\n\nAnd more of it.", "text"),
        ("a.md", "Some prose about lamps.", "markdown"),
        ("a.txt", "---\ntitle: On lamps\n---\nProse.", "markdown"),
        ("a", "# On lamps\n\nSee [the wall](https://lamplight.example) and **more**.\n", "markdown"),
        ("a.txt", '{"_id": "1", "text": "One."}\n{"_id": "2", "text": "Two."}\n', "jsonl"),
        ("a.jsonl", 'broken\n{"_id": "1", "text": "One."}\n', "jsonl"),
        ("a.txt", "Marrow Lane\n\nWiki Contributions\n\nFirst.\n\nSecond.\nLoad More\n", "comment-page"),
        (
            "a.txt",
            "Odile Fenn\n\nLGMay 2, 2020\nA\n\nX et al.\n\nOne.\n\nAIMay 3, 2020Code\nB\n",
            "author-page",
        ),
    ],
)
def test_the_content_decides_which_reader_reads(tmp_path: Path, name: str, content: str, reader: str) -> None:
    assert sniff(source(tmp_path, content, name)).name == reader


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n\0\0\0", b" \n "])
def test_what_is_no_text_is_refused_with_a_sentence(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(ReadError, match=r"a\.txt: the file (is empty|holds)"):
        sniff(source(tmp_path, content))


@pytest.mark.parametrize(
    "content",
    [
        '{"k": [1, 2]}',
        '[{"k": 1}]',
        "[[1, 2]]",
        '<?xml version="1.0"?><a/>',
        '<package id="a" lang="en"><b/></package>',
    ],
)
def test_data_that_no_reader_knows_is_not_read_as_prose(tmp_path: Path, content: str) -> None:
    with pytest.raises(ReadError, match="JSON or markup that no reader knows; `--as` forces a reader"):
        sniff(source(tmp_path, content, "a.dat"))


@pytest.mark.parametrize(
    "content", ["[a step] [another]", "[[Lamps]] burn", "<insert any goal here> and go", "{x} is a set"]
)
def test_brackets_at_the_beginning_of_prose_are_prose(tmp_path: Path, content: str) -> None:
    assert sniff(source(tmp_path, content)).name == "text"


# The comment page

PAGE = """Marrow Lane

Marrow Lane (they/them)

I repair church organs.

Selected work:


The Tenant and the Inspector

Wiki Contributions


You say the tenant only behaves because he is watched.

I say that he may not know it himself. Consider <insert any inspector here>:

  • He tidies before noon.
  • He tidies [step one] [step two] after noon.

Comments

That was one word on comments.
Load More
"""


def test_a_comment_page_is_one_document_without_furniture(tmp_path: Path) -> None:
    page = only(source(tmp_path, PAGE))
    assert (page.kind, page.authors, page.title, page.line) == ("comment", ("Marrow Lane",), None, 15)
    assert page.text.startswith("You say the tenant")
    assert page.text.endswith("That was one word on comments.")
    assert "<insert any inspector here>" in page.text
    assert "[step one] [step two]" in page.text
    assert roles(page) == ["paragraph", "paragraph", "list", "paragraph", "paragraph"]


def test_voices_of_a_comment_page_are_unknown_with_the_reason(tmp_path: Path) -> None:
    page = only(source(tmp_path, PAGE))
    assert {(b.voice, b.confidence, b.reason) for b in page.blocks} == {
        ("unknown", 0.5, comment_page.LOST_MARKS)
    }


def test_a_comment_page_that_kept_its_quote_marks_knows_who_speaks(tmp_path: Path) -> None:
    page = only(source(tmp_path, PAGE.replace("You say the", "> You say the")))
    assert said(page, voice="quoted") == ["> You say the tenant only behaves because he is watched."]
    assert {block.voice for block in page.blocks} == {"quoted", "own"}


def test_a_comment_page_keeps_its_biography_as_a_fact_of_the_source(tmp_path: Path) -> None:
    found = facts(source(tmp_path, PAGE))
    assert found["author"] == "Marrow Lane"
    assert "church organs" in str(found["biography"])


def test_a_page_saved_again_with_one_more_comment_keeps_its_id_and_passages(tmp_path: Path) -> None:
    long = " ".join(f"The inspector counted {n} lamps on the stair." for n in range(8))
    again = PAGE.replace("You say the", f"{long}\n\nYou say the")
    before, after = only(source(tmp_path, PAGE)), only(source(tmp_path, again, "b.txt"))
    assert before.id == after.id
    assert {passage.id for passage in split(before)} <= {passage.id for passage in split(after)}


def test_a_comment_page_without_comments_is_named(tmp_path: Path) -> None:
    file = source(tmp_path, "Marrow Lane\n\nI repair organs.\n\nWiki Contributions\n\nLoad More\n")
    assert read(file) == [Skipped(file.path, "The page holds no comments after its heading.")]


@needs_shared
def test_the_real_comment_page_gives_its_author_and_50_paragraphs() -> None:
    (path,) = SEEDS.glob("003_*")
    page = only(SourceFile(str(path)))
    assert (page.kind, page.authors, page.date) == ("comment", ("Evan Hubinger",), None)
    assert len(page.blocks) == 50
    assert covered(page)
    for kept in ("<insert any long-term goal here>", "[figure out how to do well at training]"):
        assert kept in page.text
    for furniture in ("Wiki Contributions", "Load More", "evanjhub", "MIRI", "Selected work"):
        assert furniture not in page.text
    assert said(page, role="list")[0].count("•") == 6


# The author page

PAPERS = """Séraphine Łunøster

AI
h-index12
3papers
1,046citations
Novelty61.5%
AI Score47

3 Papers

LGMar 11, 2024Code
Well Behaved When Watched

Jasper Tidewell, Petra Nightjar et al. · saltmarsh, lanternhouse

We watch ``models'' and \\emph{then} do not. They differ.

CLJun 2021
A Note on Doors

S. Łunøster, Odile Fenn

Doors open.

Doors also close.

MLMay 5, 2020
Untold
Show more
"""


def test_an_author_page_gives_one_abstract_a_paper(tmp_path: Path) -> None:
    first, _, last = documents(source(tmp_path, PAPERS))
    assert (first.kind, first.title, first.date) == ("abstract", "Well Behaved When Watched", "2024-03-11")
    assert first.categories == ("cs.LG",)
    assert first.metadata == {"affiliations": ["saltmarsh", "lanternhouse"], "has_code": True}
    assert first.text == "We watch ``models'' and \\emph{then} do not. They differ."
    assert (last.title, last.text, last.categories) == ("Untold", "", ("stat.ML",))


def test_the_author_of_the_page_is_inferred_where_the_list_is_cut(tmp_path: Path) -> None:
    first = documents(source(tmp_path, PAPERS))[0]
    assert first.authors == ("Jasper Tidewell", "Petra Nightjar", "Séraphine Łunøster")
    assert (first.authors_complete, first.authors_inferred) == (False, ("Séraphine Łunøster",))
    assert first.notes == (
        "Séraphine Łunøster is counted among the authors: the list of authors is cut short",
    )


def test_a_line_that_is_no_record_belongs_to_the_abstract_before_it(tmp_path: Path) -> None:
    first, last = documents(source(tmp_path, PAPERS.replace("CLJun 2021", "In Jun 2021")))
    assert "In Jun 2021" in first.text
    assert last.title == "Untold"


def test_an_author_listed_by_initial_is_not_inferred_again(tmp_path: Path) -> None:
    note = documents(source(tmp_path, PAPERS))[1]
    assert (note.date, note.authors, note.authors_inferred) == ("2021-06", ("S. Łunøster", "Odile Fenn"), ())
    assert note.text == "Doors open.\n\nDoors also close."
    assert len(note.blocks) == 2


def test_statistics_of_an_author_page_are_facts_of_the_source(tmp_path: Path) -> None:
    assert facts(source(tmp_path, PAPERS)) == {
        "author": "Séraphine Łunøster", "h_index": 12, "papers": 3, "citations": 1046,
        "novelty_percent": 61.5, "ai_score": 47, "other": ["AI"], "papers_read": 3,
    }  # fmt: skip


@needs_shared
def test_the_real_author_page_gives_20_abstracts_as_the_page_has_them() -> None:
    (path,) = SEEDS.glob("004_*")
    file = SourceFile(str(path))
    papers = documents(file)
    assert len(papers) == len({paper.id for paper in papers}) == 20
    assert sum(not paper.authors_complete for paper in papers) == 17
    assert sum("Evan Hubinger" in paper.authors for paper in papers) == 20
    assert sum(paper.authors_inferred == ("Evan Hubinger",) for paper in papers) == 14
    assert [paper.title for paper in papers if paper.metadata.get("has_code")] == [
        "Open Character Training: Shaping the Persona of AI Assistants through Constitutional AI"
    ]
    assert {paper.categories for paper in papers} == {("cs.LG",), ("cs.CL",), ("cs.AI",), ("cs.CR",)}
    assert (papers[0].date, papers[0].metadata["affiliations"]) == ("2023-08-07", ["openai", "stanford"])
    assert "Kamilė Lukošiūtė" in papers[1].authors
    assert "``features''" in papers[5].text
    assert all(paper.kind == "abstract" and covered(paper) and paper.date for paper in papers)
    assert all(
        furniture not in paper.text for paper in papers for furniture in ("h-index", "20papers", "et al. ·")
    )
    found = facts(file)
    assert (found["h_index"], found["citations"], found["papers"]) == (54, 3987, 20)


# Markdown

ESSAY = """---
title: "Counting Is Not Weighing"
author: Odile Fenn
date: 2020-03-22 10:00 +0100
url: https://lamplight.example/fenn/counting
tags: [inductive biases, argument]
draft: 'false'
words: 58
layout: None
---

# Counting is not weighing

First, some _plain_ **words** with a [link](https://x.example), `code` and $a_t o_t$.[^1]

> The claim.
>
> > An older claim.

An answer to <insert any counter here>.

## Lists

- one
  - inner
- two

1. first
2. second

| a | b |
|---|---|
| 1 | 2 |

```python
print("x")
```

> [!quote] [Hester Wick-Alder](https://lamplight.example)
>
> What she said.

> [!note] Mind
> This is mine.

Over the wall &amp; far.

[^1]: A note
    that goes on.
"""


@pytest.fixture
def essay(tmp_path: Path) -> Document:
    return only(source(tmp_path, ESSAY, "a.md"))


def test_front_matter_fills_the_fields_of_an_essay(essay: Document) -> None:
    assert (essay.kind, essay.title, essay.authors) == ("essay", "Counting Is Not Weighing", ("Odile Fenn",))
    assert (essay.date, essay.url) == ("2020-03-22T10:00:00+01:00", "https://lamplight.example/fenn/counting")
    assert essay.id == "lamplight.example/fenn/counting"
    assert essay.categories == ("inductive biases", "argument")
    assert kept(essay) == {"draft": False, "words": 58}


def test_marks_of_markdown_become_readable_text(essay: Document) -> None:
    assert essay.text.startswith("First, some plain words with a link, code and $a_t o_t$.[1]")
    assert "Over the wall & far." in essay.text
    assert "<insert any counter here>" in essay.text
    assert covered(essay)


def test_a_title_is_not_repeated_in_the_text(essay: Document) -> None:
    assert "Counting is not weighing" not in essay.text
    assert said(essay, role="heading") == ["Lists"]


def test_block_quotes_are_quoted_as_deep_as_they_nest(essay: Document) -> None:
    assert said(essay, depth=1, speaker=None) == ["The claim."]
    assert said(essay, depth=2) == ["An older claim."]


def test_a_call_out_of_kind_quote_names_its_speaker_and_any_other_is_own(essay: Document) -> None:
    assert said(essay, speaker="Hester Wick-Alder") == ["What she said."]
    assert said(essay, voice="own", role="paragraph")[-2] == "Mind\nThis is mine."


def test_lists_tables_code_and_footnotes_are_blocks_of_their_kind(essay: Document) -> None:
    assert said(essay, role="list") == ["- one\n  - inner\n- two", "1. first\n2. second"]
    assert said(essay, role="table") == ["a | b\n1 | 2"]
    assert said(essay, role="code") == ['print("x")']
    assert said(essay, role="note") == ["[1] A note that goes on."]


def test_a_forum_export_is_a_post_with_its_address_and_score(tmp_path: Path) -> None:
    head = (
        "---\nlw-page-url: https://www.lesswrong.com/posts/aaaaaaaaaaaaaaaaa/lamps\n"
        "lw-posted-at: 2022-10-06T18:29:10.5Z\n"
        "lw-base-score: '-3'\nlw-is-af: 'true'\nlw-curation-date: None\ntitle: Lamps\n---\nText.\n"
    )
    post = only(source(tmp_path, head, "lamps.md"))
    assert (post.kind, post.id, post.karma, post.source) == (
        "post",
        "lesswrong:aaaaaaaaaaaaaaaaa",
        -3.0,
        "lesswrong",
    )
    assert post.date == "2022-10-06T18:29:10+00:00"
    assert kept(post) == {"lw-is-af": True}


def test_a_static_sites_essay_takes_its_date_from_its_name_and_says_so(tmp_path: Path) -> None:
    found = only(
        source(tmp_path, "---\nlayout: post\ntitle: Lamps\n---\nText.\n", "2011-04-27-lamps.markdown")
    )
    assert (found.date, found.date_inferred) == ("2011-04-27", "from the file's name")


def test_front_matter_that_is_no_yaml_is_read_line_by_line(tmp_path: Path) -> None:
    found = only(source(tmp_path, "---\ntitle: Lamps: a study\nauthor: Odile Fenn\n---\nText.\n", "a.md"))
    assert (found.title, found.authors, found.text) == ("Lamps: a study", ("Odile Fenn",), "Text.")
    assert "no valid YAML" in found.notes[0]


def test_toml_front_matter_is_read(tmp_path: Path) -> None:
    found = only(
        source(tmp_path, '+++\ntitle = "Lamps"\ndate = 2020-03-22\ndraft = true\n+++\nText.\n', "a.md")
    )
    assert (found.title, found.date, kept(found)) == ("Lamps", "2020-03-22", {"draft": True})


def test_aliases_in_front_matter_do_not_explode(tmp_path: Path) -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))
    found = only(source(tmp_path, f"---\ntitle: Lamps\n{bomb}---\nText.\n", "a.md"))
    assert found.title == "Lamps"
    assert len(kept(found)) <= 40


def test_markdown_without_front_matter_has_its_heading_for_a_title(tmp_path: Path) -> None:
    found = only(source(tmp_path, "# On *lamps*\n\nThey burn.\n", "a.md"))
    assert (found.kind, found.title, found.text) == ("page", "On lamps", "They burn.")
    assert found.blocks == (Block(0, 10),)


def test_rules_around_prose_are_no_front_matter(tmp_path: Path) -> None:
    assert (
        "Prose between rules."
        in only(source(tmp_path, "---\nProse between rules.\n---\n\nMore.\n", "a.md")).text
    )


@pytest.mark.parametrize(
    "body",
    [
        "> " * 1000 + "deep",
        "- " * 1000 + "deep",
        "[" * 20_000 + "deep",
        "<!-- open\n\ndeep",
        "word " * 50_000 + "deep",
    ],
)
def test_hostile_markdown_loses_no_word(tmp_path: Path, body: str) -> None:
    assert "deep" in only(source(tmp_path, f"First.\n\n{body}\n", "a.md")).text


def test_words_and_numbers_of_front_matter_become_values() -> None:
    assert typed(["true", "False", "None", "", "58", "-1.5", "1e5", "text"]) == [
        True, False, None, None, 58, -1.5, "1e5", "text",
    ]  # fmt: skip


@needs_shared
def test_real_forum_exports_are_posts_with_sections_and_notes() -> None:
    for path in sorted((SAMPLES / "lesswrong").glob("*.md")):
        post = only(SourceFile(str(path)))
        assert post.kind == "post"
        assert post.id.startswith("lesswrong:")
        assert post.title
        assert post.date
        assert post.karma is not None
        assert post.karma >= 95
        assert covered(post)
        assert len(said(post, role="heading")) > 5


# JSON Lines

LINES = [
    {"_id": "x/1 ", "title": "Lamps", "text": "They burn.", "author": "Fenn, O.; Lane, M.", 
     "date": "CACM May, 1958", "keywords": "wick, oil"},
    {"_id": 2, "title": None, "text": "One.\n\n> Two.\n\nThree.", 
     "authors": ["Odile Fenn", {"name": "Marrow Lane"}], "year": 1999, "kind": "comment", "score": "-4",
     "tags": ["a", "b"], "parent": "x/1 ", "post": 7,
     "url": "https://lamplight.example/2", "source": "lamplight", "created_utc": 1691366400},
]  # fmt: skip


def lines(*records: object) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


def test_known_keys_fill_fields_and_others_are_metadata(tmp_path: Path) -> None:
    first, second = documents(source(tmp_path, lines(*LINES), "a.jsonl"))
    assert (first.id, first.title, first.text, first.line) == ("x/1 ", "Lamps", "They burn.", 1)
    assert (first.authors, first.date) == (("Fenn, O.", "Lane, M."), "1958-05")
    assert first.metadata == {"keywords": "wick, oil", "date": "CACM May, 1958"}
    assert (second.id, second.title, second.kind, second.karma) == ("2", None, "comment", -4.0)
    assert second.authors == ("Odile Fenn", "Marrow Lane")
    assert (second.date, second.parent, second.thread) == ("1999", "x/1 ", "7")
    assert (second.url, second.source, second.categories) == (
        "https://lamplight.example/2",
        "lamplight",
        ("a", "b"),
    )
    assert second.metadata == {"created_utc": 1691366400}


def test_an_object_under_metadata_fills_the_fields_that_the_line_leaves_open(tmp_path: Path) -> None:
    nested = {"url": "https://lamplight.example/3", "author": "Odile Fenn", "date": "2020", "id": 9, "n": 1}
    record = {"_id": "3", "text": "They burn.", "date": "2021", "metadata": nested}
    (found,) = documents(source(tmp_path, lines(record), "a.jsonl"))
    assert (found.id, found.url, found.authors, found.date) == (
        "3",
        "https://lamplight.example/3",
        ("Odile Fenn",),
        "2021",
    )
    assert found.metadata == {"n": 1, "metadata": {"date": "2020", "id": 9}}


def test_a_date_that_is_none_is_said(tmp_path: Path) -> None:
    (one,) = documents(source(tmp_path, lines({"_id": "1", "text": "One.", "date": "someday"}), "a.jsonl"))
    assert (one.date, one.notes) == (None, ('the date "someday" is no date',))
    (two,) = documents(source(tmp_path, "---\ntitle: Two\ndate: 99\n---\nText.\n", "2021-03-04-b.md"))
    assert (two.date, two.notes) == ("2021-03-04", ('the date "99" is no date',))


def test_quote_marks_in_a_text_are_voices(tmp_path: Path) -> None:
    second = documents(source(tmp_path, lines(*LINES), "a.jsonl"))[1]
    assert said(second, voice="quoted") == ["> Two."]
    assert said(second, voice="own") == ["One.", "Three."]


def test_packed_lines_read_the_same(tmp_path: Path) -> None:
    plain = documents(source(tmp_path, lines(*LINES), "a.jsonl"))
    assert documents(source(tmp_path, gzip.compress(lines(*LINES).encode()), "a.jsonl.gz")) == plain


def test_a_broken_line_is_skipped_by_its_number_and_the_rest_is_read(tmp_path: Path) -> None:
    content = (
        lines({"_id": "1", "text": "One."})
        + '{"_id": "2", "text": "Tw\n\n[3]\n{"_id": "4"}\n'
        + "[" * 5_000
        + "\n"
    )
    file = source(tmp_path, content + lines({"_id": "5", "text": "Five."}), "a.jsonl")
    skipped = {reading.place: reading.reason for reading in read(file) if isinstance(reading, Skipped)}
    assert [document.id for document in documents(file)] == ["1", "5"]
    assert skipped["line 2"].startswith("The line is no JSON: ")
    assert skipped["line 4"] == "The line is no JSON object."
    assert skipped["line 5"] == "The line has neither a text nor a title."
    assert set(skipped) == {"line 2", "line 4", "line 5", "line 6"}


def test_a_line_in_windows_1252_is_read_right_and_said(tmp_path: Path) -> None:
    content = b'\xef\xbb\xbf{"_id": "1", "text": "na\xefve"}\r\n{"_id": "2", "text": "plain"}\r\n'
    first, second = documents(source(tmp_path, content, "a.jsonl"))
    assert (first.text, first.notes) == ("naïve", ("read as Windows-1252: the bytes are not UTF-8",))
    assert second.notes == ()


def test_a_title_without_text_is_a_document(tmp_path: Path) -> None:
    found = only(source(tmp_path, lines({"_id": "1", "title": "Lamps", "text": ""}), "a.jsonl"))
    assert (found.text, found.blocks, len(split(found))) == ("", (), 1)


def test_what_is_no_number_in_json_is_no_number_here(tmp_path: Path) -> None:
    found = only(source(tmp_path, '{"_id": "1", "text": "One.", "score": NaN, "odd": Infinity}\n', "a.jsonl"))
    assert found.karma is None
    assert found.metadata == {"score": None, "odd": None}


@pytest.mark.parametrize(
    ("value", "names", "complete"),
    [
        ("Perlis, A. J.; Samelson, K.", ("Perlis, A. J.", "Samelson, K."), True),
        ("Odile Fenn, Marrow Lane and Wren Oakapple", ("Odile Fenn", "Marrow Lane", "Wren Oakapple"), True),
        ("Odile Fenn et al.", ("Odile Fenn",), False),
        (["Odile Fenn", "et al."], ("Odile Fenn",), False),
        ("Comaromi, J.P.", ("Comaromi, J.P.",), True),
        ([{"name": "Odile Fenn"}, "Odile Fenn", 3, None], ("Odile Fenn",), True),
        (None, (), True),
    ],
)
def test_authors_are_told_apart_only_where_it_is_sure(
    value: object, names: tuple[str, ...], complete: bool
) -> None:
    assert authors_of(value) == (names, complete)


@needs_shared
@pytest.mark.parametrize(("name", "number"), [("cacm", 3204), ("cisi", 1460), ("cranfield", 1398)])
def test_real_collections_keep_every_document_under_its_id(name: str, number: int) -> None:
    found = documents(SourceFile(str(COLLECTIONS / name / "corpus.jsonl.gz")))
    assert len({document.id for document in found}) == len(found) == number
    if name == "cacm":
        assert all(document.date and document.date.startswith("19") for document in found)


# Plain text


def test_plain_text_is_a_page_with_the_title_and_byline_it_opens_with(tmp_path: Path) -> None:
    found = only(source(tmp_path, "On Lamps\n\nby Odile Fenn\n\n22 March 2020\n\nThey burn.\n"))
    assert (found.kind, found.title, found.authors, found.date) == (
        "page",
        "On Lamps",
        ("Odile Fenn",),
        "2020-03-22",
    )
    assert (found.text, found.line) == ("They burn.", 7)


def test_plain_text_without_a_head_keeps_every_line(tmp_path: Path) -> None:
    text = "They burn, and burn.\n\nOn they burn."
    assert only(source(tmp_path, text)).text == text


def test_two_texts_without_titles_have_ids_of_their_own(tmp_path: Path) -> None:
    one = only(source(tmp_path, "They burn, and they burn low.\n\nStill.", "notes.txt"))
    two = only(source(tmp_path, "They go out, and they go out soon.\n\nStill.", "notes2.txt"))
    assert one.id != two.id


def test_plain_text_knows_headings_lists_and_quotes(tmp_path: Path) -> None:
    text = (
        "They burn low, says the warden.\n\nON LAMPS\n\n> The claim.\n>> The older claim.\nNo.\n\n"
        "- one\n- two\n\n* * *\n\nThe Wall\n========\n\nIt stands."
    )
    found = only(source(tmp_path, text))
    assert found.text == text
    assert roles(found) == [
        "paragraph", "heading", "paragraph", "paragraph", "paragraph", "list", "heading", "paragraph",
    ]  # fmt: skip
    assert said(found, depth=1) == ["> The claim."]
    assert said(found, depth=2) == [">> The older claim."]
    assert covered(found)
