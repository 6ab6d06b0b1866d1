"""From a quotation to its source: verbatim, shortened, altered; copies, duplicates, unmarked quotations."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from essaysearch.errors import IndexDamaged, IndexMissing, IndexVersion
from essaysearch.model import Block, Document, Voice
from essaysearch.quotations.alignment import difference, runs_between
from essaysearch.quotations.linking import QuoteIndex
from essaysearch.quotations.shingles import read_quote, shingles, word_hashes, word_spans
from essaysearch.text.passages import split

VOCABULARY = [f"{a}{b}{c}" for a in "bdfgklmnprst" for b in "aeiou" for c in "nrstl"]

ENGINE = (
    "The engine weaves algebraic patterns just as the loom weaves flowers and leaves. "
    "It may be desirable to explain that by the word operation we mean any process which alters the mutual "
    "relation of two or more things. Supposing that the fundamental relations of pitched sounds were "
    "susceptible of such expression, it might compose elaborate pieces of music of any degree of complexity."
)
DOUBT = (
    "I will suppose that everything I see is fictitious and that my memory tells me nothing but lies. "
    "I have no senses, and body, shape, extension, movement and place are mere delusions. So what is left "
    "to be true? Perhaps only this one thing, that there is nothing at all certain in the world."
)


def document(
    name: str,
    *parts: str | tuple[str, Voice],
    author: str = "Ada King",
    date: str | None = None,
) -> Document:
    """A document whose paragraphs are these, in own words where no voice is given."""
    text, blocks = "", []
    for part in parts:
        words, voice = part if isinstance(part, tuple) else (part, "own")
        text += "\n\n" if text else ""
        blocks.append(Block(len(text), len(text) + len(words), voice=voice, depth=int(voice == "quoted")))
        text += words
    return Document(name, "message", text, tuple(blocks), authors=(author,), date=date)


def library(*documents: Document) -> QuoteIndex:
    index = QuoteIndex()
    for one in documents:
        index.add(one, split(one))
    return index


def random_text(chance: random.Random, words: int) -> str:
    return " ".join(chance.choice(VOCABULARY) for _ in range(words))


# Finding the source


def test_a_verbatim_quotation_leads_to_the_passage_that_holds_it() -> None:
    index = library(document("a", ENGINE, DOUBT), document("b", "Something else entirely, about looms."))
    link = index.link("the engine weaves algebraic patterns, just as the loom weaves flowers and leaves")[0]
    passage = next(p for p in split(document("a", ENGINE, DOUBT)) if p.id == link.passage_id)
    assert link.document_id == "a"
    assert link.score == 1.0
    assert link.voice == "own"
    assert "algebraic" in document("a", ENGINE, DOUBT).text[passage.start : passage.end]


def test_case_diacritics_and_punctuation_do_not_matter() -> None:
    index = library(
        document("a", "Kamilė Lukošiūtė asked “why” — and nobody in the whole room answered her.")
    )
    assert index.link("kamile lukosiute ASKED why and nobody in the whole room answered her")[0].score == 1.0


@pytest.mark.parametrize("mark", ["...", "…", "[...]", "[…]", "<snip>", "[ ... ]", "(...)", ". . ."])
def test_what_an_ellipsis_leaves_out_costs_nothing(mark: str) -> None:
    index = library(document("a", ENGINE), document("b", DOUBT))
    quoted = f"The engine weaves algebraic patterns {mark} it might compose elaborate pieces of music"
    link = index.link(quoted)[0]
    assert (link.document_id, link.score) == ("a", 1.0)


def test_what_is_left_out_silently_costs_a_little() -> None:
    index = library(document("a", ENGINE), document("b", DOUBT))
    link = index.link("The engine weaves algebraic patterns. It might compose elaborate pieces of music.")[0]
    assert link.document_id == "a"
    assert 0.7 <= link.score < 1.0


@pytest.mark.parametrize(
    "quoted",
    [
        "I will suppose that everything I see is false and that my memory tells me nothing but lies",
        "I suppose everything I see is fictitious and that my memory tells me nothing but lies",
        "I will suppose that really everything I see is quite fictitious and my memory tells me only lies",
        "I will suppose everything that I see is fictitious and that memory my tells me nothing but lies",
    ],
    ids=["replaced", "dropped", "inserted", "swapped"],
)
def test_an_altered_quotation_is_still_linked(quoted: str) -> None:
    index = library(document("a", ENGINE), document("b", DOUBT))
    link = index.link(quoted)[0]
    assert link.document_id == "b"
    assert 0.7 <= link.score < 1.0


def test_a_quotation_over_two_passages_names_both() -> None:
    source = document("a", ENGINE, DOUBT)
    both = [passage.id for passage in split(source)]
    link = library(source).link(f"{ENGINE[-90:]} {DOUBT[:100]}")[0]
    assert list(link.passages) == both
    assert link.passage_id in both


def test_the_places_in_the_quotation_that_stand_in_the_source_are_given() -> None:
    quoted = "As she wrote: the engine weaves algebraic patterns just as the loom weaves flowers. Lovely!"
    link = library(document("a", ENGINE)).link(quoted)[0]
    assert [quoted[start:end] for start, end in link.quoted] == [
        "the engine weaves algebraic patterns just as the loom weaves flowers"
    ]


def test_few_words_are_linked_only_where_all_of_them_stand_in_a_row() -> None:
    index = library(document("a", ENGINE))
    assert index.link("weaves algebraic patterns just as")[0].document_id == "a"
    assert index.link("weaves arithmetic patterns just as") == []
    assert index.link("the loom") == []
    assert index.link("") == []
    assert index.link("…") == []


def test_other_words_are_linked_to_nothing() -> None:
    index = library(document("a", ENGINE), document("b", DOUBT))
    assert (
        index.link("Nobody in this library has ever written such a sentence about cheese and the moon.") == []
    )


# Which of several


def test_the_original_comes_before_its_copies() -> None:
    words = ENGINE[:80]
    index = library(
        document("copy", ("Indeed: " + words, "quoted"), author="Bo Lee", date="2001"),
        document("again", ENGINE, author="Cleo Dunn", date="2004"),
        document("first", ENGINE, author="Ada King", date="2003-05-01T10:00:00+02:00"),
    )
    links = index.link(words)
    assert [(link.document_id, link.voice) for link in links] == [
        ("first", "own"),
        ("again", "own"),
        ("copy", "quoted"),
    ]


def test_the_author_named_comes_first_where_a_quotation_stands_in_two_sources() -> None:
    index = library(
        document("a", ENGINE, author="Ada King", date="2003"),
        document("b", ENGINE, author="Bo Lee", date="2001"),
    )
    assert [link.document_id for link in index.link(ENGINE[:80])] == ["b", "a"]
    assert [link.document_id for link in index.link(ENGINE[:80], author="King")] == ["a", "b"]


def test_what_was_written_later_than_the_quotation_is_no_likely_source() -> None:
    index = library(document("a", ENGINE, date="2005"), document("b", ENGINE, date=None))
    assert index.link(ENGINE[:80], before="2004-01-01")[0].document_id == "b"


def test_one_may_quote_oneself_but_not_out_of_the_same_document() -> None:
    early = document("early", DOUBT, author="Ada King", date="2001")
    late = document("late", (DOUBT[:90], "quoted"), "So I said.", author="Ada King", date="2002")
    assert library(early, late).link(DOUBT[:90], exclude_doc="late")[0].document_id == "early"
    assert library(late).link(DOUBT[:90], exclude_doc="late") == []


def test_the_exact_source_beats_an_earlier_one_that_is_nearly_the_same() -> None:
    index = library(
        document("near", ENGINE.replace("flowers", "garlands"), date="2001"),
        document("exact", ENGINE, date="2003"),
    )
    assert index.link(ENGINE[:80])[0].document_id == "exact"


# Growing, shrinking, keeping


def test_documents_come_and_go() -> None:
    index = library(document("a", ENGINE), document("b", DOUBT))
    assert index.remove("a")
    assert not index.remove("a")
    assert (len(index), "a" in index, "b" in index) == (1, False, True)
    assert index.link(ENGINE[:80]) == []
    changed = document("b", ENGINE)
    index.add(changed, split(changed))
    assert index.link(DOUBT[:80]) == []
    assert index.link(ENGINE[:80])[0].document_id == "b"


def test_adding_bit_by_bit_gives_what_adding_at_once_gives() -> None:
    chance = random.Random(3)
    documents = [document(f"d{n}", random_text(chance, 60), date=str(1990 + n % 30)) for n in range(60)]
    at_once, bit_by_bit = library(*documents), QuoteIndex()
    for one in documents:
        bit_by_bit.add(one, split(one))
        bit_by_bit.link(one.text[:80])
    for one in documents:
        assert bit_by_bit.link(one.text[50:200]) == at_once.link(one.text[50:200])


def test_much_removing_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(4)
    documents = [document(f"d{n}", random_text(chance, 3000)) for n in range(60)]
    index = library(*documents)
    for one in documents[:50]:
        index.remove(one.id)
    assert len(index) == 10
    assert all(index.link(one.text[:100]) == [] for one in documents[:50])
    assert all(index.link(one.text[:100])[0].document_id == one.id for one in documents[50:])


def test_a_saved_index_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "quotes"
    index = library(document("a", ENGINE, ("Quoted words stand here, too.", "quoted")), document("é", DOUBT))
    index.remove("none")
    index.save(path)
    again = QuoteIndex.load(path)
    for words in (ENGINE[:80], DOUBT[:80], "Quoted words stand here, too."):
        assert again.link(words) == index.link(words)
    more = document("c", "A further document with some words of its own to be found again.")
    again.add(more, split(more))
    assert again.link("some words of its own to be found")[0].document_id == "c"


def test_an_empty_index_can_be_saved_and_asked(tmp_path: Path) -> None:
    QuoteIndex().save(tmp_path / "quotes")
    assert QuoteIndex.load(tmp_path / "quotes").link(ENGINE) == []


def test_a_missing_damaged_or_foreign_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "quotes"
    with pytest.raises(IndexMissing, match="builds it"):
        QuoteIndex.load(path)
    library(document("a", ENGINE)).save(path)
    whole = path.read_bytes()
    for data in (b"", b"no index", whole[: len(whole) // 2]):
        path.write_bytes(data)
        with pytest.raises(IndexDamaged, match="damaged"):
            QuoteIndex.load(path)
    np.savez(str(path), tables=np.frombuffer(b'{"format":99,"analyzer":0}', dtype=np.uint8))
    with pytest.raises(IndexVersion, match="another version"):
        QuoteIndex.load(f"{path}.npz")


def test_nothing_is_unpickled(tmp_path: Path) -> None:
    path = tmp_path / "quotes"
    np.savez(str(path), tables=np.array([{"a": 1}], dtype=object))
    with pytest.raises(IndexDamaged):
        QuoteIndex.load(f"{path}.npz")


# Quotations that nothing marks


def test_a_paragraph_that_stands_earlier_under_another_author_is_found() -> None:
    source = document("a", ENGINE, author="Ada King", date="1843")
    page = document("page", ENGINE[:80], "I do not think so.", author="Bo Lee", date="2001")
    found = library(source, page).unmarked_sources(page)
    assert [(one.link.document_id, page.text[one.block.start : one.block.end]) for one in found] == [
        ("a", ENGINE[:80])
    ]
    assert found[0].confidence > 0.9


def test_the_author_of_the_original_quotes_nobody() -> None:
    source = document("a", ENGINE, author="Ada King", date="1843")
    page = document("page", ENGINE[:80], "I do not think so.", author="Bo Lee", date="2001")
    assert library(source, page).unmarked_sources(source) == []


def test_one_s_own_words_and_marked_quotations_are_not_unmarked_ones() -> None:
    source = document("a", ENGINE, author="Ada King", date="1843")
    same = document("same", ENGINE[:80], author="A. King", date="2001")
    marked = document("marked", (ENGINE[:80], "quoted"), author="Bo Lee", date="2001")
    index = library(source, same, marked)
    assert index.unmarked_sources(same) == index.unmarked_sources(marked) == []


def test_without_dates_a_longer_paragraph_there_shows_who_quotes_whom() -> None:
    source = document("a", ENGINE, author="Ada King")
    page = document("page", ENGINE[:80], "I do not think so.", author="Bo Lee")
    index = library(source, page)
    assert index.unmarked_sources(page)[0].confidence > 0.9
    assert index.unmarked_sources(source) == []


def test_without_any_sign_the_direction_stays_in_doubt() -> None:
    one = document("a", ENGINE, author="Ada King")
    other = document("page", ENGINE, "I do not think so.", author="Bo Lee")
    index = library(one, other)
    for page in (one, other):
        found = index.unmarked_sources(page)
        assert found[0].confidence <= 0.5
        assert "nothing says" in found[0].reason
    with_name = document("page", f"Ada: {ENGINE}", author="Bo Lee")
    assert library(one, with_name).unmarked_sources(with_name)[0].confidence > 0.9


# Near-duplicates


def test_cross_posts_are_grouped_with_the_original_first() -> None:
    posted = document("list", ENGINE, DOUBT, date="2001-01-02")
    again = document("forum", ENGINE.replace("flowers", "garlands"), DOUBT, date="2001-01-03")
    other = document("other", DOUBT, date="1999")
    groups = library(again, posted, other).duplicates()
    assert [group.ids for group in groups] == [("list", "forum")]
    assert 0.8 <= groups[0].likeness < 1.0


def test_two_answers_to_one_quotation_are_no_duplicates() -> None:
    quoted: tuple[str, Voice] = (ENGINE, "quoted")
    one = document("a", quoted, "I agree with every word of what she says here.")
    other = document("b", quoted, "That is quite wrong, and for several reasons at once.")
    assert library(one, other).duplicates() == []


def test_passages_that_stand_twice_are_grouped_by_passage() -> None:
    one, other = (
        document("a", ENGINE, DOUBT),
        document("b", DOUBT, "Words of its own that stand nowhere else."),
    )
    groups = library(one, other).duplicates(unit="passage")
    twice = {split(one)[1].id, split(other)[0].id}
    assert [set(group.ids) for group in groups] == [twice]


def test_an_unknown_unit_is_named() -> None:
    with pytest.raises(ValueError, match="the units are: document, passage"):
        QuoteIndex().duplicates(unit="thread")


# The difference


def test_the_difference_says_word_by_word_what_was_changed() -> None:
    changes = difference(
        "The engine weaves geometric patterns … and leaves. It may be desirable explain",
        ENGINE,
    )
    assert [(change.kind, change.quoted, change.source) for change in changes] == [
        ("same", "The engine weaves", "The engine weaves"),
        ("replaced", "geometric", "algebraic"),
        ("same", "patterns", "patterns"),
        ("shortened", "", "just as the loom weaves flowers"),
        ("same", "and leaves. It may be desirable", "and leaves. It may be desirable"),
        ("left out", "", "to"),
        ("same", "explain", "explain"),
    ]


def test_a_difference_without_common_words_is_one_replacement() -> None:
    assert [change.kind for change in difference("Completely other words", ENGINE)] == ["replaced"]
    assert difference("", ENGINE) == ()


WORDS = st.lists(st.sampled_from(VOCABULARY[:12]), max_size=14)


@settings(max_examples=150)
@given(WORDS, WORDS)
def test_runs_are_equal_words_in_order_without_overlap(quoted: list[str], source: list[str]) -> None:
    left, right = word_hashes(" ".join(quoted)).tolist(), word_hashes(" ".join(source)).tolist()
    at_quoted = at_source = 0
    for run in runs_between(left, right):
        assert run.length > 0
        assert run.quoted >= at_quoted
        assert run.source >= at_source
        assert left[run.quoted : run.quoted + run.length] == right[run.source : run.source + run.length]
        at_quoted, at_source = run.quoted + run.length, run.source + run.length


@settings(max_examples=150)
@given(WORDS, WORDS)
def test_the_quoted_sides_of_a_difference_are_the_quotation(quoted: list[str], source: list[str]) -> None:
    changes = difference(" ".join(quoted), " ".join(source))
    assert " ".join(change.quoted for change in changes if change.quoted).split() == quoted


@settings(max_examples=100)
@given(st.text(max_size=80))
def test_every_word_has_a_hash_and_a_place(text: str) -> None:
    assert len(word_hashes(text)) == len(word_spans(text))
    assert len(shingles(word_hashes(text))) == max(0, len(word_hashes(text)) - 2)
    quote = read_quote(text)
    assert len(quote.words) == len(quote.spans) == sum(end - start for start, end in quote.fragments)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_any_eight_words_of_a_library_are_found_where_they_stand(seed: int) -> None:
    chance = random.Random(seed)
    documents = [document(f"d{n}", random_text(chance, 40)) for n in range(12)]
    chosen = chance.choice(documents)
    words = chosen.text.split()
    at = chance.randrange(len(words) - 8)
    link = library(*documents).link(" ".join(words[at : at + 8]))[0]
    assert (link.document_id, link.score) == (chosen.id, 1.0)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_with_a_fifth_of_the_words_changed_the_source_is_found_and_no_other(seed: int) -> None:
    chance = random.Random(seed)
    documents = [document(f"d{n}", random_text(chance, 60)) for n in range(12)]
    chosen = chance.choice(documents)
    words = chosen.text.split()[10:40]
    for at in chance.sample(range(1, 29, 3), 6):
        words[at] = chance.choice(VOCABULARY)
    links = library(*documents).link(" ".join(words))
    assert [link.document_id for link in links] == [chosen.id]
