"""Passages: everything in exactly one, in order, of one voice under one heading, with lasting ids."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from essaysearch.filling.ingest import read
from essaysearch.model import Block, Document, Passage
from essaysearch.text.passages import FURNITURE, split
from shared import SEEDS, needs_shared


def prose(words: int, subject: str = "warden") -> str:
    """A paragraph of about so many words, its sentences told apart by a number."""
    count = max(1, round(words / 11))
    return " ".join(
        f"The {subject} counts {number} lamps along the wall at every dawn." for number in range(count)
    )


def document(*parts: tuple[str, dict[str, object]], title: str | None = None) -> Document:
    """A document whose blocks are these texts, two newlines apart."""
    text, blocks = "", []
    for part, features in parts:
        text += "\n\n" if text else ""
        blocks.append(Block(len(text), len(text) + len(part), **features))  # type: ignore[arg-type]
        text += part
    return Document("d", "comment", text, tuple(blocks), title=title)


def own(text: str, **features: object) -> tuple[str, dict[str, object]]:
    return text, features


def quoted(text: str, depth: int = 1, **features: object) -> tuple[str, dict[str, object]]:
    return text, {"voice": "quoted", "depth": depth, **features}


def texts(found: Document) -> list[str]:
    return [found.text[passage.start : passage.end] for passage in split(found)]


def words(found: Document, passage: Passage) -> int:
    return len(found.text[passage.start : passage.end].split())


features = st.fixed_dictionaries(
    {
        "role": st.sampled_from(["paragraph", "paragraph", "heading", "list", "code", "furniture"]),
        "voice": st.sampled_from(["own", "own", "quoted", "unknown"]),
        "border": st.sampled_from([0.0, 0.0, 0.0, 0.4, 0.5, 1.0]),
    }
)
pieces = st.one_of(
    st.text(alphabet="ab .?\n•-1A", max_size=60),
    st.integers(1, 400).map(prose),
    st.integers(1, 200).map(lambda n: prose(n) + " Here they are:"),
    st.integers(1, 40).map(lambda n: "\n".join(f"• point {i} holds some words" for i in range(n))),
)
documents = st.lists(st.tuples(pieces, features), max_size=8).map(lambda parts: document(*parts))


@given(documents)
@settings(max_examples=150, deadline=None)
def test_every_character_that_is_no_space_is_in_exactly_one_passage_in_order(found: Document) -> None:
    passages = split(found)
    assert "".join("".join(found.text[p.start : p.end].split()) for p in passages) == "".join(
        found.text.split()
    )
    assert all(one.end <= two.start for one, two in itertools.pairwise(passages))
    assert [p.number for p in passages] == list(range(len(passages)))


@given(documents)
@settings(max_examples=100, deadline=None)
def test_offsets_give_back_text_without_spaces_around_it(found: Document) -> None:
    for part in texts(found):
        assert part
        assert part == part.strip()


@given(documents)
@settings(max_examples=100, deadline=None)
def test_no_passage_holds_two_voices_or_crosses_a_border_between_comments(found: Document) -> None:
    for passage in split(found):
        inside = [b for b in found.blocks if b.start < passage.end and b.end > passage.start]
        inside = [b for b in inside if found.text[b.start : b.end].strip()]
        voices = {(b.voice, b.depth, b.role == "furniture") for b in inside if b.role != "heading"}
        assert len(voices) <= 1
        assert all(b.border < 0.5 or b.start <= passage.start for b in inside[1:])
        headings = [b.role == "heading" for b in inside]
        assert headings == sorted(headings, reverse=True)


def test_what_no_block_covers_is_not_lost() -> None:
    found = Document("d", "page", "before\n\ninside\n\nafter", (Block(8, 14, voice="quoted", depth=1),))
    assert texts(found) == ["before", "inside", "after"]


@pytest.mark.parametrize("length", [190, 260, 400, 1000, 2000])
def test_long_prose_is_cut_into_parts_of_40_to_180_words(length: int) -> None:
    found = document(own(prose(length)))
    assert all(40 <= words(found, passage) <= 180 for passage in split(found))
    assert all(part.endswith("dawn.") for part in texts(found))


def test_short_paragraphs_are_joined_until_they_reach_40_words() -> None:
    found = document(*(own(prose(11, f"keeper{i}")) for i in range(12)))
    assert [words(found, passage) for passage in split(found)] == [44, 44, 44]


def test_a_short_remainder_joins_the_passage_before_it() -> None:
    found = document(own(prose(55)), own(prose(11, "porter")))
    assert len(split(found)) == 1


def test_a_sentence_of_more_than_180_words_is_one_passage() -> None:
    long = "And " + "so it went on " * 60 + "until the end."
    found = document(own(f"{prose(55)} {long} {prose(55, 'porter')}"))
    assert [words(found, passage) for passage in split(found)] == [55, 244, 55]


def test_a_short_piece_between_two_borders_stays_short() -> None:
    found = document(
        own("I agree."), quoted("You said so."), own("I did."), own("A new comment.", border=1.0)
    )
    assert texts(found) == ["I agree.", "You said so.", "I did.", "A new comment."]


def test_a_border_proposed_with_less_than_half_confidence_is_none() -> None:
    found = document(own("I agree."), own("So do I.", border=0.49))
    assert texts(found) == ["I agree.\n\nSo do I."]


def test_quotes_of_two_speakers_or_depths_stay_apart() -> None:
    found = document(
        quoted("First.", speaker="Wick"), quoted("Second.", speaker="Lane"), quoted("Third.", depth=2)
    )
    assert [(p.speaker, p.depth) for p in split(found)] == [("Wick", 1), ("Lane", 1), (None, 2)]


def test_a_heading_opens_the_passage_under_it_and_is_the_section_of_all() -> None:
    found = document(own("On lamps", role="heading"), own(prose(190)))
    passages = split(found)
    assert texts(found)[0].startswith("On lamps\n\nThe warden")
    assert len(passages) == 2
    assert {passage.section for passage in passages} == {"On lamps"}


def test_a_heading_is_not_lost_before_a_quote_before_another_heading_or_at_the_end() -> None:
    found = document(
        own("Part", role="heading"),
        own("Chapter", role="heading"),
        quoted("A motto."),
        own("Coda", role="heading"),
    )
    assert texts(found) == ["Part\n\nChapter\n\nA motto.", "Coda"]
    assert [(p.section, p.voice) for p in split(found)] == [("Chapter", "quoted"), ("Coda", "own")]


def test_a_heading_ends_with_the_comment_it_stands_in() -> None:
    found = document(own("On lamps", role="heading"), own("One."), own("Two.", border=1.0))
    assert [passage.section for passage in split(found)] == ["On lamps", None]


def bullets(number: int) -> str:
    return "\n".join(
        f"  • Point {i} says that the lamps of the wall burn low before the dawn." for i in range(number)
    )


def test_a_long_list_is_cut_between_bullets_under_the_sentence_that_introduces_it() -> None:
    intro = "To be clear, here is what I think:"
    found = document(own(intro), own(bullets(20), role="list"), own(prose(55)))
    first, *others, after = split(found)
    parts = texts(found)
    assert parts[0].startswith(intro)
    assert first.section is None
    assert {passage.section for passage in others} == {intro}
    assert all(part.startswith("• Point") and part.endswith("dawn.") for part in parts[1:-1])
    assert after.section is None


def test_the_introducing_sentence_leaves_its_paragraph_for_the_list_it_introduces() -> None:
    found = document(own(prose(110) + " Here they are:"), own(bullets(20), role="list"))
    parts = texts(found)
    assert parts[0] == prose(110)
    assert parts[1].startswith("Here they are:\n\n")
    assert [passage.section for passage in split(found)][2] == "Here they are:"


def test_a_list_that_fits_stays_with_the_sentence_that_introduces_it() -> None:
    found = document(own(prose(55) + " Here they are:"), own(bullets(4), role="list"))
    assert len(split(found)) == 1


def test_a_reply_answers_the_quotes_directly_before_it_until_the_next_quote() -> None:
    found = document(
        own("An opening word."),
        quoted(prose(190)),
        own(prose(55, "porter")),
        own(prose(55, "keeper")),
        quoted("Another claim."),
        own("No."),
    )
    assert [passage.answers for passage in split(found)] == [(), (), (), (1, 2), (1, 2), (), (5,)]


def test_a_reply_to_nested_quotes_answers_the_outer_one() -> None:
    found = document(quoted("The claim.", depth=2), quoted("The reply.", depth=1), own("The answer."))
    assert split(found)[2].answers == (1,)


@pytest.mark.parametrize("ending", [own("Elsewhere", role="heading"), own("Another comment.", border=0.7)])
def test_a_heading_or_another_comment_ends_what_is_answered(ending: tuple[str, dict[str, object]]) -> None:
    found = document(quoted("A claim."), own("No."), ending, own("And so on."))
    assert [passage.answers for passage in split(found)] == [(), (0,), ()]


def test_an_answer_that_stands_above_what_a_message_quotes_answers_it() -> None:
    found = document(
        own("Mine."), quoted("Ada: Theirs."), quoted("Hers within.", 2), own("--\nAda", role="furniture")
    )
    message = replace(found, kind="message")
    assert [passage.answers for passage in split(message)] == [(1,), (), (), ()]
    assert [passage.answers for passage in split(found)] == [(), (), (), ()]  # elsewhere it ends in a quote
    between = replace(document(own("Mine."), quoted("Theirs."), own("Mine again.")), kind="message")
    assert [passage.answers for passage in split(between)] == [(), (), (1,)]
    only = replace(document(quoted("Theirs.")), kind="message")
    assert [passage.answers for passage in split(only)] == [()]


def test_of_a_long_message_quoted_below_the_beginning_is_answered() -> None:
    parts = [quoted(prose(150, f"warden {n}"), speaker=str(n)) for n in range(9)]
    message = replace(document(own("Mine."), *parts), kind="message")
    assert split(message)[0].answers == (1, 2, 3, 4, 5, 6)


def test_furniture_is_in_no_ones_voice_and_answers_nothing() -> None:
    found = document(quoted("A claim."), own("No."), own("Sent from afar", role="furniture"))
    last = split(found)[-1]
    assert (last.voice, last.reason, last.answers) == ("unknown", FURNITURE, ())


def test_a_passage_is_as_sure_of_its_voice_as_its_least_sure_block() -> None:
    found = document(
        own("One.", confidence=0.9), own("Two.", confidence=0.6, reason="the next paragraph answers it")
    )
    (passage,) = split(found)
    assert (passage.confidence, passage.reason) == (0.6, "the next paragraph answers it")


def test_a_document_without_body_is_found_by_its_title_and_one_without_either_has_no_passage() -> None:
    (passage,) = split(Document("d", "abstract", "", title="On lamps"))
    assert (passage.start, passage.end) == (0, 0)
    assert split(Document("d", "abstract", " \n ")) == ()


@given(
    st.lists(
        st.sampled_from([prose(n, s) for n in (11, 33, 66, 250) for s in ("warden", "porter")]), max_size=8
    ),
    st.integers(0, 8),
    st.integers(1, 300).map(lambda n: prose(n, "stranger")),
)
@settings(max_examples=60, deadline=None)
def test_ids_survive_a_reingest_with_one_comment_added(comments: list[str], at: int, added: str) -> None:
    before = document(*(own(comment, border=1.0) for comment in comments))
    after = document(*(own(comment, border=1.0) for comment in [*comments[:at], added, *comments[at:]]))
    assert {passage.id for passage in split(before)} <= {passage.id for passage in split(after)}


def test_where_borders_are_unknown_only_the_passages_beside_an_added_comment_change() -> None:
    comments = [prose(n, f"keeper{i}") for i, n in enumerate((11, 22, 66, 11, 55, 33, 44, 110, 22, 22, 66))]
    before = document(*map(own, comments))
    after = document(own(prose(33, "stranger")), *map(own, comments))
    kept = {p.id for p in split(before)} & {p.id for p in split(after)}
    assert len(kept) >= len(split(before)) - 1


def test_ids_depend_on_the_document_the_folded_text_and_its_ordinal_alone() -> None:
    found = document(own("Yes."), quoted("No."), own("Yes."))
    first, _, again = split(found)
    assert first.id != again.id
    shouted = replace(found, text=found.text.upper())
    assert [p.id for p in split(shouted)] == [p.id for p in split(found)]
    assert split(replace(found, id="other"))[0].id != first.id


def test_text_without_any_space_or_end_is_cut_all_the_same() -> None:
    found = document(own("x" * 100_000), own("word " * 30_000))
    assert max(p.end - p.start for p in split(found)) <= 20_000


@needs_shared
def test_the_real_comment_page_keeps_its_first_list_with_its_introduction() -> None:
    (path,) = SEEDS.glob("003_*")
    (page,) = (reading for reading in read(str(path)) if isinstance(reading, Document))
    passages = split(page)
    intro = "To be clear, here are some things that I think:"
    parts = [page.text[p.start : p.end] for p in passages]
    assert sum(intro in part for part in parts) == 1
    assert sum(p.section == intro for p in passages) == 1
    assert all(p.end - p.start == len(part) for p, part in zip(passages, parts, strict=True))


@needs_shared
def test_the_real_abstracts_are_cut_at_ends_of_sentences() -> None:
    (path,) = SEEDS.glob("004_*")
    for paper in read(str(path)):
        if isinstance(paper, Document):
            parts = [paper.text[p.start : p.end] for p in split(paper)]
            assert all(part[0].isupper() and part[-1] in '.?!)"' for part in parts)
            assert all(40 <= len(part.split()) <= 180 for part in parts)


def unsure(text: str, quoted: float) -> tuple[str, dict[str, object]]:
    """A paragraph whose voice was judged and stays open, with the probability that it is quoted."""
    return text, {"voice": "unknown", "confidence": quoted, "reason": "judged"}


def test_what_is_likelier_a_quote_than_not_is_answered_like_one() -> None:
    found = document(
        quoted("Lamps are dear."), own("Not these."), unsure("Oil is cheap.", 0.6), own("It was.")
    )
    assert [(p.voice, p.answers) for p in split(found)] == [
        ("quoted", ()), ("own", (0,)), ("unknown", ()), ("own", (2,)),
    ]  # fmt: skip


def test_nothing_is_said_to_answer_across_what_may_be_a_quote() -> None:
    found = document(
        quoted("Lamps are dear."), own("Not these."), unsure("Oil is cheap.", 0.3), own("It was.")
    )
    assert [(p.voice, p.answers) for p in split(found)] == [
        ("quoted", ()), ("own", (0,)), ("unknown", ()), ("own", ()),
    ]  # fmt: skip


def test_what_is_hardly_a_quote_joins_its_like_and_answers_as_own_words_do() -> None:
    found = document(quoted("Lamps are dear."), unsure("Not these.", 0.1), unsure("Nor those.", 0.2))
    assert [(p.voice, p.answers) for p in split(found)] == [("quoted", ()), ("unknown", (0,))]


def test_a_likely_quote_stands_in_no_passage_with_what_may_answer_it() -> None:
    found = document(unsure("Oil is cheap.", 0.6), unsure("It was.", 0.1))
    assert texts(found) == ["Oil is cheap.", "It was."]
    assert [p.answers for p in split(found)] == [(), (0,)]


def test_an_essay_goes_on_after_it_answered_a_quote_and_a_comment_is_an_answer_as_a_whole() -> None:
    found = document(
        quoted("Lamps are dear."), *(own(prose(50, name)) for name in ("warden", "baker", "smith"))
    )
    assert [p.answers for p in split(found)] == [(), (0,), (0,), (0,)]
    assert [p.answers for p in split(replace(found, kind="essay"))] == [(), (0,), (0,), ()]
