"""Who speaks in plain text: marks of quotation, introductions, forwarded headers, furniture."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from essaysearch.model import Block
from essaysearch.voices.furniture import openers_in, paragraph_furniture
from essaysearch.voices.intros import intro_ending_at, natural_name, person
from essaysearch.voices.plain_text import read_paragraph
from essaysearch.voices.prose import prose_in
from essaysearch.voices.quote_lines import quoted_lines
from essaysearch.voices.quote_marks import attributed, mark_blocks, unmark
from essaysearch.voices.quote_runs import quick_runs, runs_of


def said(text: str) -> list[tuple[int, str | None, str]]:
    """The words of a text as (depth, speaker, paragraph), furniture left out."""
    marked = unmark(text)
    return [
        (block.depth, block.speaker, marked.text[block.start : block.end])
        for block in marked.blocks
        if block.role != "furniture"
    ]


def furniture(text: str) -> list[tuple[str, str]]:
    """What is in no one's voice, as (what it is, its first line)."""
    marked = unmark(text)
    return [
        (block.reason, marked.text[block.start : block.end].split("\n")[0])
        for block in marked.blocks
        if block.role == "furniture"
    ]


# Marks


@pytest.mark.parametrize(
    "lines",
    [
        "> one\n>> two\n>>> three",
        "> one\n> > two\n> > > three",
        ">one\n>>two\n>>>three",
        ">  one\n> >two\n>> > three",
        "   > one\n   >> two\n  > >> three",
    ],
)
def test_marks_in_every_spacing_give_their_depth(lines: str) -> None:
    assert [depth for depth, _, _ in said(lines)] == [1, 2, 3]


def test_the_text_is_left_without_its_marks() -> None:
    assert unmark("> One line.\n\nAnother.\n").text == "One line.\n\nAnother."


def test_a_thousand_levels_are_as_good_as_one() -> None:
    text = "\n".join(f"{'>' * depth} level {depth}" for depth in range(1000, -1, -1))
    found = said(text)
    assert [depth for depth, _, _ in found] == list(range(1000, -1, -1))
    assert found[0][2] == "level 1000"


def test_what_opens_like_a_mark_and_is_none_stays_as_written() -> None:
    for line in (">= 3 of them agree", ">!a spoiler!<", ">:( she said", "-> see below", "=> so it is"):
        assert said(line) == [(0, None, line)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Ada King wrote:\n| one line of it\n| and another\n\nMy answer.",
            [(1, "Ada King", "one line of it\nand another"), (0, None, "My answer.")],
        ),
        (
            "Ada King (ada@example.org) wrote:\n: >deeper\n: plain\n\nMy answer.",
            [(2, None, "deeper"), (1, "Ada King", "plain"), (0, None, "My answer.")],
        ),
        (
            "#-----Original Message-----\n#From: Ada King [mailto:ada@example.org]\n#Sent: Monday\n#\n"
            "#Her words.\n\nMine.",
            [(1, "Ada King", "Her words."), (0, None, "Mine.")],
        ),
        (
            '>>>>> "AK" == Ada King <ada@example.org> writes:\n\n    AK> Her words.\n\nMine.',
            [(1, "Ada King", "Her words."), (0, None, "Mine.")],
        ),
        (
            ">>>>> Ada King <ada@example.org>\n>>>>>     on Wed, 8 Jan 2003 11:24:40 +0100 writes:\n\n"
            "    > Her words.\n\nMine.",
            [(1, "Ada King", "Her words."), (0, None, "Mine.")],
        ),
        (
            "AK> Her words run on\nAK> over two lines.\n\nMine.",
            [(1, "AK", "Her words run on\nover two lines."), (0, None, "Mine.")],
        ),
        (
            "Bo Lee wrote:\n\n>     AK> Her words run on\n>     AK> over two lines.\n>\n> His.\n\nMine.",
            [(2, "AK", "Her words run on\nover two lines."), (1, "Bo Lee", "His."), (0, None, "Mine.")],
        ),
    ],
    ids=[
        "bars",
        "colons",
        "hashes",
        "initials with a head",
        "a head of Emacs",
        "bare initials",
        "initials within a quotation",
    ],
)
def test_other_marks_than_the_usual_one_are_known(
    text: str, expected: list[tuple[int, str | None, str]]
) -> None:
    assert said(text) == expected


def test_a_box_a_table_and_a_prompt_are_no_quotations() -> None:
    box = "| Ada King       |\n| 1 Engine Row   |\n| London         |"
    table = "| a | b |\n| 1 | 2 |\n| 3 | 4 |"
    assert all(depth == 0 for text in (box, table) for depth, _, _ in said(text))
    assert all(depth == 0 for depth, _, _ in said("R> x <- 3\nR> y <- 4"))


def test_tags_of_forums_nest_and_name_the_speaker() -> None:
    inner = "[quote='Bo, post:3, topic:5']Inner words.[/quote]"
    text = f"[quote=Ada King]Outer words.\n{inner}\nMore.[/quote]\nMine."
    assert said(text) == [
        (1, "Ada King", "Outer words."),
        (2, "Bo", "Inner words."),
        (1, "Ada King", "More."),
        (0, None, "Mine."),
    ]


def test_a_tag_without_a_partner_is_text() -> None:
    assert said("[quote]Never closed.\n\nMine.") == [(0, None, "[quote]Never closed."), (0, None, "Mine.")]
    assert said("Not opened.[/quote]") == [(0, None, "Not opened.[/quote]")]


def test_the_end_of_a_line_that_was_wrapped_goes_back_to_it() -> None:
    wrapped = (
        "> > I suppose that this is a general behaviour with calls of external functions so\n"
        "> I\n"
        "> > ask before I post a report.\n"
    )
    assert said(wrapped) == [
        (
            2,
            None,
            "I suppose that this is a general behaviour with calls of external functions so I ask "
            "before I post a report.",
        )
    ]


def test_a_short_answer_right_below_its_quotation_is_no_wrapped_end() -> None:
    text = "> Is this the way in which one has to write it down in the end?\nYes.\n> And this, too?\nNo."
    assert [depth for depth, _, _ in said(text)] == [1, 0, 1, 0]


def test_wrapped_prose_is_joined_and_lists_code_and_verse_are_not() -> None:
    prose = (
        "> A paragraph that a program wrapped at about the usual\n"
        "> width of seventy letters is one line again."
    )
    whole = (
        "A paragraph that a program wrapped at about the usual width of seventy letters is one line again."
    )
    assert said(prose)[0][2] == whole
    items = "- the first item of a list that is long enough to have been wrapped\n- the second\n- the third"
    code = "    for i in range(10):\n        print(i)\n    done = True"
    verse = "Roses are red,\nviolets are blue."
    assert said(items)[0][2] == items
    assert said(code)[0][2] == "for i in range(10):\n    print(i)\ndone = True"
    assert said(verse)[0][2] == verse
    roles = [unmark(text).blocks[0].role for text in (prose, items, code)]
    assert roles == ["paragraph", "list", "code"]


# Introductions

INTRODUCTIONS = {
    "On Thu, 2 Jan 2003, Ada King wrote:": "Ada King",
    "On 25/05/2017 4:55 PM, King, Ada K wrote:": "Ada K King",
    "On May 25, 2017, at 8:55 AM, Ada King <ada at b.org<mailto:ada at b.org>> wrote:": "Ada King",
    "On Tuesday 21 January 2003 08:49 am, Ada King wrote:": "Ada King",
    "On Thursday, March 5, 2020, 5:20:25 PM EST, ada king via R-devel <l at b.org> wrote:": "ada king",
    "In article <1993Apr20.173506@x>, ada@example.org (Ada King) writes:": "Ada King",
    "ada@example.org (Ada King) writes:": "Ada King",
    "ada@example.org wrote:": "ada@example.org",
    "At 10:58 AM 7/17/97 +0000, Ada King wrote:": "Ada King",
    "2017-04-19 19:20 GMT+02:00 Ada King <ada@example.org>:": "Ada King",
    "Ada King <ada@example.org> wrote in message news:abc@def...": "Ada King",
    "* Ada King <ada@example.org> [030502 12:30]:": "Ada King",
    "Quoting Ada King <ada@example.org>:": "Ada King",
    "Thus spake Ada King (ada@example.org):": "Ada King",
    "Ada King says:": "Ada King",
    "Am 3. Mai 2004 um 12:30 schrieb Ada Kühn <a@b.de>:": "Ada Kühn",
    "Am Di., 3. Mai 2022 um 10:11 Uhr schrieb Ada Kühn <a@b.de>:": "Ada Kühn",
    "Ada Kühn schrieb am 03.05.2004 12:30:": "Ada Kühn",
    "Ada Kühn schrieb:": "Ada Kühn",
    "Zitat von Ada Kühn <a@b.de>:": "Ada Kühn",
    "Le 3 mai 2004 à 12:30, Adèle Roy a écrit :": "Adèle Roy",
    "Le mar. 3 mai 2022 à 12:30, Adèle Roy <a@r.fr> a écrit :": "Adèle Roy",
    "Adèle Roy a écrit :": "Adèle Roy",
    "Em seg., 3 de mai. de 2016 às 20:31, Ada King <a@b.c> escreveu:": "Ada King",
    "pon., 2 maj 2016 o 20:31 Ada King <a@b.c> napisał(a):": "Ada King",
    "pon., 2 maj 2016 o 20:31 Ada King <a@b.c> napisa?(a):": "Ada King",
    "Den mån 2 maj 2016 kl 20:31 skrev Ada King <a@b.c>:": "Ada King",
    "ma 2. toukok. 2016 klo 20.31 Ada King (a@b.c) kirjoitti:": "Ada King",
    "po 2. 5. 2016 v 20:31 odesílatel Ada King <a@b.c> napsal:": "Ada King",
    "Ada King <a@b.c> ezt írta (időpont: 2016. máj. 2., H, 20:31):": "Ada King",
    "2 мая 2016 г., 20:31 пользователь Ада Кинг <a@b.c> написал:": "Ада Кинг",
    "пн, 2 мая 2016 г. в 20:31, Ада Кинг <a@b.c>:": "Ада Кинг",
    "Ada King <a@b.c>, 2 May 2016 Pzt, 20:31 tarihinde şunu yazdı:": "Ada King",
    "Ada King <a@b.c> 于2016年5月2日周一 下午8:31写道：": "Ada King",
    "2016/05/02 20:31、Ada King <a@b.c>のメール:": "Ada King",
    "2016년 5월 2일 (월) 오후 8:31, Ada King <a@b.c>님이 작성:": "Ada King",
    "Op di 3 mei 2022 om 10:11 schreef Ada de Vries <a@v.nl>:": "Ada de Vries",
    "El mar, 3 may 2022 a las 10:11, Ada Pérez (<a@p.es>) escribió:": "Ada Pérez",
    "Il giorno mar 3 mag 2022 alle ore 10:11 Ada Rossi <a@r.it> ha scritto:": "Ada Rossi",
    "Den tis 3 maj 2022 kl 10:11 skrev Ada Svensson <a@s.se>:": "Ada Svensson",
    "2022年5月3日(火) 10:11 Ada Yamada <a@y.jp>:": "Ada Yamada",
    "2022年5月3日，张三 写道：": "张三",
}


@pytest.mark.parametrize(("line", "speaker"), INTRODUCTIONS.items())
def test_introductions_in_many_layouts_name_the_speaker(line: str, speaker: str) -> None:
    text = f"{line}\n> The words quoted.\n\nThe answer."
    assert said(text) == [(1, speaker, "The words quoted."), (0, None, "The answer.")]
    assert furniture(text) == [("introduces a quotation", line)]


@pytest.mark.parametrize(
    "line",
    [
        "The manual of the program says:",
        "I was rather silly, since I said that",
        "And this is what I wrote:",
        "My reasons are these:",
        "See https://example.org/page for what she wrote:",
    ],
)
def test_a_sentence_that_ends_like_an_introduction_stays_the_author_s_own(line: str) -> None:
    assert said(f"{line}\n> The words quoted.")[0] == (0, None, line)


def test_an_introduction_may_run_over_lines_and_end_a_paragraph() -> None:
    text = (
        "I agree.\nOn Sun, Mar 1, 2020 at 6:22 AM Ada King\n<ada at example.org> wrote:\n> The words quoted."
    )
    assert said(text) == [(0, None, "I agree."), (1, "Ada King", "The words quoted.")]


def test_you_wrote_introduces_nobody_by_name() -> None:
    assert said("On Wed, 8 Jan 2003 11:51:22 +0100 (MET), you wrote:\n\n> The words.") == [
        (1, None, "The words.")
    ]


def test_names_are_read_from_addresses_in_any_order() -> None:
    assert person('"King, Ada" <ada@example.org>') == "Ada King"
    assert person("ada@example.org (Ada King)") == "Ada King"
    assert person("Secretary <s@example.org> on behalf of Ada King <ada@example.org>") == "Ada King"
    assert person("ada at example.org") == "ada@example.org"
    assert person(" <> ") is None
    assert natural_name("Clyde, Ph.D.") == "Clyde, Ph.D."


@settings(max_examples=200)
@given(
    st.lists(st.text(alphabet="On 1203:,<>@.()wrote schrieb aécrit\t", max_size=60), min_size=1, max_size=4)
)
def test_no_line_whatever_upsets_the_reading_of_introductions(lines: list[str]) -> None:
    found = intro_ending_at(lines, len(lines) - 1)
    assert found is None or 1 <= found.lines <= len(lines)


# Who is quoted by whom


def test_quotes_of_quotes_of_quotes_each_have_their_speaker() -> None:
    text = (
        "On Mon, Cleo Dunn wrote:\n> On Sun, Bo Lee wrote:\n>> On Sat, Ada King wrote:\n>>> Ada's words.\n"
        ">> Bo's words.\n> Cleo's words.\n\nMine."
    )
    assert said(text) == [
        (3, "Ada King", "Ada's words."),
        (2, "Bo Lee", "Bo's words."),
        (1, "Cleo Dunn", "Cleo's words."),
        (0, None, "Mine."),
    ]


def test_a_speaker_lasts_until_another_is_introduced() -> None:
    text = "Ada King wrote:\n> One.\n\nMine.\n\n> Two.\n\nBo Lee wrote:\n> Three."
    assert [(speaker, words) for depth, speaker, words in said(text) if depth] == [
        ("Ada King", "One."),
        ("Ada King", "Two."),
        ("Bo Lee", "Three."),
    ]


@pytest.mark.parametrize(
    ("text", "posting"),
    [
        ("Mine alone.", "none"),
        ("> Theirs alone.", "quote"),
        ("Ada King wrote:\n> Theirs.\n\nMine below.", "below"),
        ("Mine above.\n\nOn Mon, 3 May 2004, Ada King wrote:\n> Theirs.", "above"),
        ("> Theirs.\n\nMine.\n\n> Theirs.\n\nMine.", "between"),
        ("Mine.\n\n-----Original Message-----\nFrom: Ada King\nSent: Monday\n\nTheirs.", "above"),
    ],
)
def test_where_the_author_s_words_stand_is_said(text: str, posting: str) -> None:
    assert unmark(text).posting == posting


def test_a_quotation_that_is_the_whole_message_leaves_no_own_words() -> None:
    marked = unmark("On 3 May 2004, Ada King wrote:\n> All of it.\n> And nothing else.")
    assert {block.voice for block in marked.blocks if block.role != "furniture"} == {"quoted"}


def test_below_a_forwarded_header_everything_is_quoted() -> None:
    text = (
        "My answer.\n\n-----Original Message-----\nFrom: Ada King [mailto:ada@example.org]\n"
        "Sent: Friday, January 03, 2003 12:52 PM\nTo: Me\nSubject: Re: it\n\nHer first words.\n\n"
        "Her second words.\n\n> What she quoted."
    )
    assert said(text) == [
        (0, None, "My answer."),
        (1, "Ada King", "Her first words."),
        (1, "Ada King", "Her second words."),
        (2, None, "What she quoted."),
    ]
    assert furniture(text) == [("forwarded header", "-----Original Message-----")]


@pytest.mark.parametrize(
    "header",
    [
        "Von: Ada Kühn\nGesendet: Montag, 3. Mai 2004\nAn: mich\nBetreff: AW: es",
        "De : Ada Roy\nEnvoyé : lundi 3 mai 2004\nÀ : moi\nObjet : RE: ça",
        "________________________________\nFrom: List <l@b.org> on behalf of Ada King <a@b.org>\n"
        "Sent: Monday\nTo: me",
        "---------- Forwarded message ----------\nFrom: Ada King <a@b.org>\nDate: 3 May 2004\nSubject: it",
        "*From:* Ada King\n*Sent:* Monday\n*To:* me",
    ],
)
def test_forwarded_headers_are_known_in_other_layouts_and_languages(header: str) -> None:
    depth, speaker, words = said(f"Mine.\n\n{header}\n\nHer words.")[1]
    assert depth == 1
    assert words == "Her words."
    assert (speaker or "").startswith("Ada")


def test_a_header_that_opens_a_marked_quotation_speaks_of_it() -> None:
    text = "Mine.\n\n> From: Ada King [mailto:ada@example.org]\n> Sent: Monday\n> To: me\n>\n> Her words."
    assert said(text)[1] == (1, "Ada King", "Her words.")


def test_a_forwarded_message_ends_where_it_says_so() -> None:
    text = (
        "Look:\n\n---------- Forwarded message ----------\nFrom: Ada King <a@b.c>\nDate: Monday\n\nHers.\n\n"
        "-------- End of forwarded message --------\n\nMine again."
    )
    assert said(text)[1:] == [(1, "Ada King", "Hers."), (0, None, "Mine again.")]


def test_below_an_unmarked_introduction_the_rest_is_quoted_if_an_answer_stands_above() -> None:
    marked = unmark("My answer.\n\nOn 3 May 2004 at 12:30, Ada King <a@b.c> wrote:\n\nHers.\n\nHers, too.")
    quoted = [block for block in marked.blocks if block.voice == "quoted"]
    assert len(quoted) == 2
    assert all(block.confidence < 1 and block.reason for block in quoted)


def test_below_an_unmarked_introduction_without_an_answer_above_only_one_paragraph_is_sure() -> None:
    marked = unmark("On 3 May 2004 at 12:30, Ada King <a@b.c> wrote:\n\nHers.\n\nWhose?\n\nWhose?")
    assert [block.voice for block in marked.blocks if block.role != "furniture"] == [
        "quoted",
        "unknown",
        "unknown",
    ]


# In no one's voice


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Mine.\n\n-- \nAda King\nEngine Row 1", "signature"),
        ("Mine.\n\n---\nada@example.org, not for hire", "signature"),
        (
            "Mine.\n_______________________________________________\nR-devel at example.org mailing list\nhttps://example.org/listinfo",
            "list footer",
        ),
        ("Mine.\n\nTo unsubscribe from this group, send mail.", "list footer"),
        ("Mine.\n\n\t[[alternative HTML version deleted]]", "list footer"),
        (
            "Mine.\n\nThis e-mail and its attachments are confidential and for the recipient only.",
            "disclaimer",
        ),
        ("Mine.\n\nDiese E-Mail enthält vertrauliche Informationen.", "disclaimer"),
        ("Mine.\n\nCe message est confidentiel.", "disclaimer"),
        ("Mine.\n\nSent from my telephone", "mail program's line"),
        ("Mine.\n\nAda King\nEngine Row 1, London\nPhone: +44 20 7946 0000\nada@example.org", "address"),
        (
            "Mine.\n\n-----BEGIN PGP SIGNATURE-----\nabcdef\n\nghijkl\n-----END PGP SIGNATURE-----",
            "cryptographic signature",
        ),
    ],
)
def test_signatures_footers_and_disclaimers_are_in_no_one_s_voice(text: str, what: str) -> None:
    assert said(text) == [(0, None, "Mine.")]
    assert [reason for reason, _ in furniture(text)] == [what]
    assert all(block.voice == "unknown" for block in unmark(text).blocks if block.role == "furniture")


def test_a_signature_ends_where_the_quoted_message_below_it_begins() -> None:
    text = "Mine.\n\n-- \nMe\n\nOn 3 May 2004 at 12:30, Ada King (a@b.c)\nwrote:\n\nHers."
    assert said(text) == [(0, None, "Mine."), (1, "Ada King", "Hers.")]
    assert furniture(text)[0] == ("signature", "--")


def test_two_dashes_above_a_long_text_open_no_signature() -> None:
    text = "Before.\n\n--\n" + "\n".join(f"Line {number} of what goes on." for number in range(40))
    assert len(said(text)) == 2
    assert furniture(text) == []


def test_a_rule_or_a_line_with_a_colon_in_the_text_changes_nothing() -> None:
    text = "First this:\n\nThen that.\n\n-----\n\nFrom: here to there is a long way."
    assert {depth for depth, _, _ in said(text)} == {0}


def test_a_console_session_is_code_where_nobody_is_quoted() -> None:
    text = "I tried:\n\n> x <- c(1, 2)\n> summary(x)\n[1] 2\n\nWhy?"
    assert all(depth == 0 for depth, _, _ in said(text))
    assert "> x <- c(1, 2)\n> summary(x)" in unmark(text).text


def test_code_that_somebody_quoted_stays_quoted() -> None:
    text = "Ada King wrote:\n> x <- c(1, 2)\n> summary(x)\n\nThat is wrong."
    assert said(text)[0][:2] == (1, "Ada King")


# Pages that have a structure already


def test_speakers_and_furniture_are_found_in_blocks_of_a_page() -> None:
    parts = ["On Mon, 3 May 2004, Ada King wrote:", "Her words.", "Mine.", "Sent from my telephone"]
    text, blocks, at = "\n\n".join(parts), [], 0
    for part in parts:
        quoted = part == "Her words."
        blocks.append(Block(at, at + len(part), voice="quoted" if quoted else "own", depth=int(quoted)))
        at += len(part) + 2
    found = attributed(text, tuple(blocks)).blocks
    assert [block.role for block in found] == ["furniture", "paragraph", "paragraph", "furniture"]
    assert found[1].speaker == "Ada King"


# What holds for every text

PIECES = """
> 
>> 
>
> > quoted words here
>quoted
> quoted, for so long that it may wrap at last
own words
own words that are long enough to look like a wrapped line
  indented
- item
1. item
On Mon, 3 May 2004, Ada King wrote:
> Bo Lee <b@c.d> writes:
-- 
____________________
R-devel mailing list
-----Original Message-----
From: Ada King
> From: Bo Lee
Sent: Monday
Subject: x
| bar
: colon
# hash
AK> initials
>>>>> Ada King <a@b>
>>>>> on Mon writes:
[quote]
[/quote]
[quote=Ada]words[/quote]
wrote:
yes
Sent from my telephone
-----BEGIN PGP SIGNATURE-----
-----END PGP SIGNATURE-----
\tx
x <- 3
> x <- 3
```
a\u00a0b
日本語
>\u2028x
"""
LINES = st.lists(
    st.one_of(st.sampled_from(PIECES.split("\n")), st.text(alphabet="ab >|:#-_=.\t[]()<@", max_size=12)),
    max_size=24,
)


@settings(max_examples=300)
@given(LINES)
def test_blocks_cover_every_character_that_is_no_space_in_order(lines: list[str]) -> None:
    raw = "\n".join(lines)
    marked = unmark(raw)
    for text, blocks in ((raw, mark_blocks(raw)), (marked.text, marked.blocks)):
        end = 0
        for block in blocks:
            assert end <= block.start < block.end <= len(text)
            assert not text[end : block.start].strip()
            end = block.end
        assert not text[end:].strip()


@settings(max_examples=300)
@given(LINES)
def test_no_word_is_lost_or_moved_but_marks_and_tags(lines: list[str]) -> None:
    text = "\n".join(lines)
    if "[" in text or re.search(r"[A-Za-z]>", text):
        return
    assert re.findall(r"\w+", unmark(text).text) == re.findall(r"\w+", text)


@settings(max_examples=400)
@given(LINES)
@example(["> one", "own words", "> two"])
@example(["> a long line that was wrapped by some program at the usual width", "end", "> more"])
@example([">x", "wrote:", "", "#"])
@example([">  AK> initials that stand", ">  AK> within a quotation"])
@example(["> a quoted line that no program would have wrapped before its usual width is", "end", ">", "> x"])
def test_the_quick_way_and_the_way_by_lines_agree(lines: list[str]) -> None:
    text = "\n".join(lines)
    quick = quick_runs(text)
    if quick is not None:
        slow = runs_of(quoted_lines(text))
        assert [(r.level, r.text) for r in quick] == [(r.level, r.text) for r in slow]


def test_empty_and_blank_texts_have_no_blocks() -> None:
    for text in ("", "\n\n", "  \n\t"):
        assert unmark(text).blocks == ()
        assert mark_blocks(text) == ()


def test_a_text_of_marks_alone_has_no_words() -> None:
    assert unmark(">\n> >\n>").blocks == ()
    assert [block.role for block in mark_blocks(">\n> >\n>")] == ["furniture"]


@settings(max_examples=300)
@given(st.lists(st.sampled_from(PIECES.split("\n")), min_size=1, max_size=4))
@example(["This message and its attachments are confidential, and meant for", "the recipient alone."])
@example(["wrapped prose that goes on over more than one of its lines, as most does,", "and ends here"])
@example(["From: the one side of it no words were heard that anybody could have quoted,", "and ends here"])
@example(["o one", "o two"])
def test_prose_told_at_one_look_is_what_a_closer_look_says_it_is(lines: list[str]) -> None:
    paragraph = [line.rstrip() for line in lines if line.strip()]
    text = "\n".join(paragraph)
    joined = prose_in(text) if text else None
    if joined is not None:
        assert read_paragraph(text) == ("paragraph", joined)
        assert not paragraph_furniture(paragraph)
        assert not openers_in(paragraph)
        assert not any(line.endswith((":", "：")) for line in paragraph)


def test_a_line_under_a_thousand_marks_was_not_wrapped() -> None:
    marked = unmark("\n".join(f"{'>' * n} level {n} here" for n in range(1, 1001)) + "\nown\n")
    assert (marked.blocks[-1].voice, marked.text[marked.blocks[-1].start :]) == ("own", "own")


def test_a_block_below_a_closing_and_a_name_that_names_the_writer_again_is_a_signature() -> None:
    block = "Dr. Ada King\nEngine Row 1\n12345 Lamplight"
    text = f"The oil is dear.\n\nBest regards,\n\nAda\n\n{block}\n\nWho spares oil spares light. ~ A proverb"
    assert furniture(text) == [
        ("signature", "Dr. Ada King"),
        ("signature", "Who spares oil spares light. ~ A proverb"),
    ]


def test_what_is_said_below_a_closing_is_still_said() -> None:
    for below in (
        "PS: The oil is dear, Ada says.",
        "R version 1.0\nPlatform: lamp\nAttached: oil",
        "Ada says so.",
    ):
        assert furniture(f"The oil is dear.\n\nRegards,\nAda\n\n{below}") == []
