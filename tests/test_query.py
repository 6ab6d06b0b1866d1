"""What a query means: the trees that the parser makes, and which passages they let through."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from essaysearch.query import MOST_CHARACTERS, Query, parse
from essaysearch.query.operators import FIELDS, OPERATORS, complete, unknown_field
from essaysearch.query.reading import MOST_CLAUSES, MOST_NESTING, MOST_WARNINGS
from essaysearch.query.sentences import DIAGNOSTICS
from essaysearch.text.analysis import terms
from essaysearch.tree import (
    AnyFilter,
    Clauses,
    Expand,
    Filter,
    Like,
    Named,
    Node,
    Nothing,
    Phrase,
    Same,
    Word,
)

TODAY = date(2026, 11, 21)
ROOT = Path(__file__).resolve().parents[1]


def read(text: str, literal: bool = False) -> Query:
    return parse(text, TODAY, literal)


def tree(text: str) -> Clauses:
    found = read(text)
    assert found.diagnostics == (), text
    assert isinstance(found.tree, Clauses)
    return found.tree


def kinds(text: str) -> list[str]:
    return [diagnostic.kind for diagnostic in read(text).diagnostics]


def word(text: str, *fields: str, exact: bool = False) -> Word:
    return Word(text, terms(text)[0], fields or None, exact)


def phrase(text: str, *fields: str, exact: bool = False) -> Phrase:
    return Phrase(tuple(word(part, *fields, exact=exact) for part in text.split()), fields=fields or None)


def compound(text: str, joined: str, *fields: str) -> Clauses:
    return Clauses(should=(phrase(text, *fields), word(joined, *fields)))


def passes(node: Node, passage: str, **facts: str) -> bool:
    """The slow, obvious meaning of a tree over one passage: words, phrases, `is` and `has`, booleans."""
    if isinstance(node, Word):
        return node.term in terms(passage)
    if isinstance(node, Phrase):
        said, wanted = terms(passage), [part.term for part in node.words]
        return any(said[at : at + len(wanted)] == wanted for at in range(len(said)))
    if isinstance(node, Filter):
        return node.field in facts if node.op == "has" else facts.get(node.field) == node.value
    if isinstance(node, AnyFilter):
        return any(passes(child, passage, **facts) for child in node.filters)
    assert isinstance(node, Clauses)

    def holds(child: Node) -> bool:
        return passes(child, passage, **facts)

    if not all(map(holds, (*node.must, *node.filters))) or any(map(holds, node.must_not)):
        return False
    return bool(node.must) or not node.should or any(map(holds, node.should))


def found(query: str, *passages: str) -> list[str]:
    meant = read(query).tree
    return [passage for passage in passages if passes(meant, passage)]


# Words.


def test_words_side_by_side_rank_and_any_of_them_suffices() -> None:
    assert tree("deceptive alignment") == Clauses(should=(word("deceptive"), word("alignment")))
    assert found("alpha beta", "alpha", "beta", "gamma") == ["alpha", "beta"]


def test_words_keep_what_was_typed_and_where() -> None:
    (first, second) = tree("Deceptive  Kamilė?").should
    assert isinstance(first, Word)
    assert isinstance(second, Word)
    assert (first.text, first.term, first.start, first.end) == ("Deceptive", "decept", 0, 9)
    assert (second.text, second.term, second.start, second.end) == ("Kamilė", "kamil", 11, 17)


@pytest.mark.parametrize(
    "text", ["what is alignment?", "what is alignment ?", "alignment??", "What is Alignment."]
)
def test_a_trailing_question_mark_is_punctuation(text: str) -> None:
    (only,) = tree(text).should
    assert isinstance(only, Word)
    assert only.term == "align"


def test_the_short_way_for_plain_words_and_the_long_one_agree() -> None:
    for text in ("deceptive alignment", "how do models learn", "a x1 GPT4"):
        assert tree(text).should == tree(text + " ;").should


SIGNS = (
    *("+model", "-risk", "model", "the", "+the", "-the", "NOT", "model?", "GPT4", "+gpt4x", "  ", "foo:bar"),
    *(
        '"the model"',
        '"deep  model risk"',
        '"a b"',
        "author:bob",
        "AUTHOR:x.y",
        "date:2011..2013",
        "date:zzz",
    ),
    *("kind:essay", "voice:own", "karma:5", "has:title", "title:risk", "like:ab", "year:2020", "id:7-b"),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(SIGNS), min_size=1, max_size=5).map(" ".join))
def test_the_short_way_for_usual_queries_and_the_long_one_agree(text: str) -> None:
    def spelled(node: Any) -> Any:
        parts = {part: getattr(node, part) for part in node._parts}
        return type(node), node.start, node.end, parts, [spelled(child) for child in node.children()]

    short = parse(text, TODAY)
    with patch("essaysearch.query.plain_clauses", lambda text, today: None):
        long = parse(text, TODAY)
    assert spelled(short.tree) == spelled(long.tree)
    assert short[1:] == long[1:]


def test_stop_words_neither_match_nor_rank() -> None:
    assert tree("the alignment of an AI") == Clauses(should=(word("alignment"), word("AI")))
    assert tree("what's the point; don't ask").should == (word("point"), word("ask"))


@pytest.mark.parametrize("text", ["to be or not to be", "The (who)", "it's", "in:title not", "the the"])
def test_stop_words_are_searched_where_there_is_nothing_else(text: str) -> None:
    query = read(text)
    assert isinstance(query.tree, Clauses)
    assert query.tree.should
    assert [diagnostic.kind for diagnostic in query.diagnostics] == ["all-stop-words"]


def test_stop_words_are_left_out_beside_a_filter() -> None:
    assert tree("the kind:essay") == Clauses(filters=(Filter("kind", "is", "essay"),))


def test_stop_words_stand_in_phrases() -> None:
    assert tree('"to be or not"').must == (phrase("to be or not"),)
    assert tree('"the"').must == (word("the"),)


def test_an_excluded_stop_word_is_left_out_and_said() -> None:
    query = read("alpha -the")
    assert query.tree == Clauses(should=(word("alpha"),))
    assert [(d.kind, d.start, d.end) for d in query.diagnostics] == [("stop-word", 7, 10)]


@pytest.mark.parametrize(
    ("text", "parts", "joined"),
    [
        ("mesa-optimizer", "mesa optimizer", "mesaoptimizer"),
        ("mesa‑optimizer", "mesa optimizer", "mesaoptimizer"),
        ("Kullback–Leibler", "Kullback Leibler", "KullbackLeibler"),
        ("O'Brien", "O Brien", "OBrien"),
        ("Lukošiūtė’s", "Lukošiūtė s", "Lukošiūtės"),
        ("node.js", "node js", "nodejs"),
        ("input/output", "input output", "inputoutput"),
        ("x=y", "x y", "xy"),
        ("GPT-4?", "GPT 4", "GPT4"),
        ("motte-and-bailey", "motte and bailey", "motteandbailey"),
        ("1,000", "1 000", "1000"),
        ("https://example.org/a1", "https example org a1", "httpsexampleorga1"),
    ],
)
def test_a_word_with_inner_marks_is_its_parts_and_the_joined_word(text: str, parts: str, joined: str) -> None:
    assert tree(text) == Clauses(should=(compound(parts, joined),))


def test_a_compound_is_one_clause_beside_others() -> None:
    assert tree("alpha mesa-optimizer").should == (word("alpha"), compound("mesa optimizer", "mesaoptimizer"))
    assert tree("+mesa-optimizer alpha").must == (compound("mesa optimizer", "mesaoptimizer"),)


@pytest.mark.parametrize(
    "text", ["alpha,beta", "alpha;beta", "alpha—beta", "alpha--beta", "alpha...beta", "alpha|beta"]
)
def test_other_punctuation_separates_words(text: str) -> None:
    assert tree(text).should == (word("alpha"), word("beta"))


def test_brackets_at_a_word_only_separate() -> None:
    assert tree("P(doom)").should == (word("P"), word("doom"))


def test_a_run_of_one_character_words_is_a_phrase() -> None:
    assert tree("東京").should == (phrase("東 京"),)
    assert tree("東京 alignment").should == (phrase("東 京"), word("alignment"))


# Phrases.


def test_a_quoted_phrase_is_required_unless_joined_by_or() -> None:
    assert tree('"treacherous turn" goal') == Clauses(
        must=(phrase("treacherous turn"),), should=(word("goal"),)
    )
    assert tree('"treacherous turn" OR goal') == Clauses(should=(phrase("treacherous turn"), word("goal")))
    assert tree('goal OR "treacherous turn"') == Clauses(should=(word("goal"), phrase("treacherous turn")))


def test_typographic_quotes_make_phrases() -> None:
    assert tree("“treacherous turn”") == tree('"treacherous turn"')
    assert tree("«treacherous turn»") == tree('"treacherous turn"')


def test_marks_within_a_quoted_phrase_are_punctuation() -> None:
    assert tree('"motte-and-bailey"').must == (phrase("motte and bailey"),)
    assert tree('"<insert any goal* here>"').must == (phrase("insert any goal here"),)


def test_a_phrase_may_be_loose() -> None:
    (loose,) = tree('"reward model"~5').must
    assert loose == Phrase((word("reward"), word("model")), slop=5, ordered=False)
    assert tree('"reward model"~0').must == (phrase("reward model"),)


def test_near_joins_words_in_any_order_and_then_in_order() -> None:
    pair = (word("goal"), word("drift"))
    assert tree("goal NEAR/3 drift").should == (Phrase(pair, slop=3, ordered=False),)
    assert tree("goal NEAR drift").should == (Phrase(pair, slop=10, ordered=False),)
    assert tree("goal THEN/4 drift").should == (Phrase(pair, slop=4, ordered=True),)


def test_near_binds_tighter_than_and() -> None:
    near = Phrase((word("goal"), word("drift")), slop=3, ordered=False)
    assert tree("alpha AND goal NEAR/3 drift") == Clauses(must=(word("alpha"), near))
    assert tree("+goal NEAR/3 drift alpha") == Clauses(must=(near,), should=(word("alpha"),))
    assert tree("alpha -goal NEAR/3 drift") == Clauses(should=(word("alpha"),), must_not=(near,))


def test_a_run_of_near_adds_its_distances() -> None:
    three = tuple(map(word, ("alpha", "beta", "gamma")))
    assert tree("alpha NEAR/3 beta NEAR/4 gamma").should == (Phrase(three, slop=7, ordered=False),)


def test_near_takes_phrases_compounds_and_stop_words() -> None:
    (clause,) = tree('"inner goal" NEAR/3 drift').should
    three = tuple(map(word, ("inner", "goal", "drift")))
    assert clause == Clauses(must=(Phrase(three, slop=4, ordered=False), phrase("inner goal")))
    (either,) = tree("mesa-goal NEAR/2 drift").should
    assert isinstance(either, Clauses)
    assert either.should[1] == Phrase((word("mesagoal"), word("drift")), slop=2, ordered=False)
    assert tree("not NEAR/2 drift").should == (Phrase((word("not"), word("drift")), slop=2, ordered=False),)


def test_near_beside_something_else_is_and() -> None:
    for near, plain in (
        ("goal NEAR/3 drift*", "goal AND drift*"),
        ("title:goal NEAR/3 drift", "title:goal AND drift"),
        ("goal NEAR/3 kind:essay", "goal AND kind:essay"),
        ("goal NEAR/3 -drift", "goal AND -drift"),
    ):
        assert kinds(near) == ["near-operand"]
        assert read(near).tree == tree(plain)


# Booleans.


def test_and_binds_tighter_than_standing_side_by_side() -> None:
    assert tree("alpha AND beta") == Clauses(must=(word("alpha"), word("beta")))
    assert tree("alpha AND beta gamma") == Clauses(
        should=(Clauses(must=(word("alpha"), word("beta"))), word("gamma"))
    )
    assert found("alpha AND beta gamma", "alpha", "alpha beta", "gamma") == ["alpha beta", "gamma"]


def test_or_is_the_same_as_standing_side_by_side() -> None:
    assert tree("alpha OR beta gamma") == tree("alpha beta gamma")
    assert tree("alpha OR (beta OR gamma)") == tree("alpha beta gamma")


@pytest.mark.parametrize(
    "text", ["alpha NOT beta gamma", "alpha -beta gamma", "alpha gamma -beta", "NOT beta alpha gamma"]
)
def test_not_excludes_from_everything_beside_it(text: str) -> None:
    assert tree(text) == Clauses(should=(word("alpha"), word("gamma")), must_not=(word("beta"),))


def test_not_in_an_and_excludes_from_everything_beside_it_too() -> None:
    assert tree("alpha AND NOT beta") == tree("alpha NOT beta")
    assert found("alpha AND NOT beta gamma", "alpha", "gamma", "gamma beta") == ["alpha", "gamma"]


def test_brackets_keep_what_they_exclude_and_require_to_themselves() -> None:
    assert found("(alpha NOT beta) gamma", "alpha", "alpha beta", "beta gamma") == ["alpha", "beta gamma"]
    assert found('("alpha beta" delta) gamma', "delta", "alpha beta", "gamma") == ["alpha beta", "gamma"]


def test_two_nots_are_none() -> None:
    assert tree("NOT NOT alpha") == tree("alpha")
    assert tree("NOT -alpha beta").should == tree("alpha beta").should


def test_plus_requires() -> None:
    assert tree("+alpha beta") == Clauses(must=(word("alpha"),), should=(word("beta"),))
    assert tree("+(alpha beta) gamma").must == (Clauses(should=(word("alpha"), word("beta"))),)


@pytest.mark.parametrize("text", ['"alpha beta" AND gamma delta', "+alpha AND gamma delta"])
def test_what_is_required_within_an_and_is_required_of_every_hit(text: str) -> None:
    passages = ("alpha beta gamma", "alpha beta delta", "alpha beta", "delta", "gamma delta")
    assert found(text, *passages) == ["alpha beta gamma", "alpha beta delta"]


def test_a_phrase_in_an_and_joined_by_or_is_optional() -> None:
    assert found('"alpha beta" AND gamma OR delta', "alpha beta", "alpha beta gamma", "delta") == [
        "alpha beta gamma",
        "delta",
    ]


def test_a_query_that_only_excludes_finds_everything_else() -> None:
    assert tree("-alpha") == Clauses(must_not=(word("alpha"),))
    assert found("-alpha", "alpha", "beta") == ["beta"]
    assert found('-(alpha beta) -"gamma delta"', "alpha", "gamma", "gamma delta") == ["gamma"]


def test_lower_case_and_or_not_are_words() -> None:
    assert tree("alpha and beta not gamma") == tree("alpha beta gamma")


def test_a_dash_between_spaces_is_punctuation() -> None:
    assert tree("alpha - beta + gamma – delta") == tree("alpha beta gamma delta")


def test_a_mark_before_punctuation_does_not_wait_for_the_next_word() -> None:
    assert tree("alpha -! beta") == tree("alpha beta")


def test_weights_multiply() -> None:
    (heavy, light) = tree("alpha^2 beta").should
    assert (heavy.boost, light.boost) == (2.0, 1.0)
    assert tree('"alpha beta"^1.5').must[0].boost == 1.5
    assert tree("(alpha beta)^3 gamma").should[0].boost == 3.0
    assert [node.boost for node in tree("alph*^2 alpha~1^3 /alpha/^4 alpha-beta^5").should] == [2, 3, 4, 5]


def test_and_beside_a_stop_word_leaves_the_other() -> None:
    assert tree("the AND cat") == tree("cat")
    assert tree("cat the AND dog") == tree("cat dog")
    assert tree("cat AND the AND dog") == tree("cat AND dog")


# Patterns.


def test_patterns_expand_over_folded_words() -> None:
    assert tree("Decept* wom?n *ment optimiser~1 optimiser~2 optimiser~ /Decept(ion|ive)/").should == (
        Expand("prefix", "decept"),
        Expand("wildcard", "wom?n"),
        Expand("wildcard", "*ment"),
        Expand("fuzzy", "optimiser", 1),
        Expand("fuzzy", "optimiser", 2),
        Expand("fuzzy", "optimiser", 1),
        Expand("regex", "decept(ion|ive)"),
    )


def test_capital_escapes_of_a_regex_are_kept() -> None:
    assert tree(r"/A\Wb\S[C-F]/").should == (Expand("regex", r"a\Wb\S[c-f]"),)


def test_a_pattern_may_end_in_a_question_mark_or_a_comma() -> None:
    assert tree("decept*?").should == (Expand("prefix", "decept"),)
    assert tree("decept*,").should == (Expand("prefix", "decept"),)


def test_a_compound_with_a_pattern_is_all_its_parts_or_the_joined_pattern() -> None:
    (clause,) = tree("mesa-opt*").should
    both = Clauses(must=(word("mesa"), Expand("prefix", "opt")))
    assert clause == Clauses(should=(both, Expand("prefix", "mesaopt")))


def test_a_path_is_no_regex() -> None:
    assert tree("/usr/bin").should == (compound("usr bin", "usrbin"),)


# Fields of text.


@pytest.mark.parametrize("name", [row.name for row in OPERATORS if row.fields])
def test_a_field_of_text_restricts_a_word_a_phrase_or_a_group(name: str) -> None:
    assert tree(f"{name}:alpha beta").should == (word("alpha", name), word("beta"))
    assert tree(f'{name}:"alpha beta"').must == (phrase("alpha beta", name),)
    assert tree(f"{name}:(alpha beta) gamma").should == (
        word("alpha", name),
        word("beta", name),
        word("gamma"),
    )
    assert tree(f"{name}:x-y").should == (compound("x y", "xy", name),)
    assert tree(f"{name}:alph*").should == (Expand("prefix", "alph", fields=(name,)),)
    assert tree(f"-{name}:alpha beta").must_not == (word("alpha", name),)


def test_the_inner_field_wins() -> None:
    assert tree("title:(alpha own:beta)").should == (word("alpha", "title"), word("beta", "own"))


def test_in_restricts_everything_beside_it() -> None:
    assert tree('in:title alpha "beta gamma" own:delta') == Clauses(
        must=(phrase("beta gamma", "title"),), should=(word("alpha", "title"), word("delta", "own"))
    )
    assert tree("alpha in:section in:title").should == (word("alpha", "title", "section"),)
    assert tree("alpha (in:title beta)").should == (word("alpha"), word("beta", "title"))


def test_exact_turns_off_folding_and_stemming() -> None:
    assert tree("exact:RAT").should == (word("RAT", exact=True),)
    assert tree('exact:"Some Phrase"').must == (phrase("Some Phrase", exact=True),)
    assert tree("exact:(Alpha Beta)").should == (word("Alpha", exact=True), word("Beta", exact=True))
    assert tree("exact:x-y").should == (phrase("x y", exact=True),)
    assert tree("title:exact:RAT").should == (word("RAT", "title", exact=True),)
    assert tree("exact:The alpha").should == (word("The", exact=True), word("alpha"))


def test_same_widens_or_narrows_where_the_parts_are_met() -> None:
    both = Clauses(must=(word("alpha"), word("beta")))
    assert tree("same:sentence(alpha AND beta) gamma").should == (Same("sentence", both), word("gamma"))
    assert tree("same:thread alpha AND beta kind:post") == Clauses(
        must=(Same("thread", both),), filters=(Filter("kind", "is", "post"),)
    )


def test_named_clauses_rank() -> None:
    assert tree("like:1f0c9a77d2e4b853^2 alpha").should == (Like("1f0c9a77d2e4b853", 2.0), word("alpha"))
    assert tree("topic:deceptive-alignment").should == (Named("deceptive-alignment"),)
    assert tree('topic:"reward hacking"^2').should == (Named("reward hacking", 2.0),)


# Filters.


@pytest.mark.parametrize(
    ("text", "filter_"),
    [
        ("kind:Abstract", Filter("kind", "is", "abstract")),
        ("voice:quoted", Filter("voice", "is", "quoted")),
        ("author:Lukošiūtė", Filter("author", "is", "Lukošiūtė")),
        ('author:"nina panickssery"', Filter("author", "is", "nina panickssery")),
        ("category:cs.CR", Filter("category", "is", "cs.CR")),
        ("source:lesswrong,", Filter("source", "is", "lesswrong")),
        ("url:https://example.org/Foo_(bar)", Filter("url", "is", "https://example.org/Foo_(bar)")),
        ("path:corpus/a.md", Filter("path", "is", "corpus/a.md")),
        ("thread:post-17", Filter("thread", "is", "post-17")),
        ("replyto:hubinger", Filter("replyto", "is", "hubinger")),
        ("id:1f0c", Filter("id", "is", "1f0c")),
        ("has:date", Filter("date", "has", None)),
        ("has:replyto", Filter("parent", "has", None)),
        ("HAS:Code", Filter("code", "has", None)),
        ("karma:>=50", Filter("karma", "range", (50.0, None))),
        ("karma:-5..10.5", Filter("karma", "range", (-5.0, 10.5))),
        ("karma:7", Filter("karma", "range", (7.0, 7.0))),
        ("karma:<=7", Filter("karma", "range", (None, 7.0))),
        ("year:2023", Filter("year", "range", (2023, 2023))),
        ("year:2022..2024", Filter("year", "range", (2022, 2024))),
        ("year:>2022", Filter("year", "range", (2023, None))),
        ("year:<2022", Filter("year", "range", (None, 2021))),
        ("year:..2022", Filter("year", "range", (None, 2022))),
    ],
)
def test_a_filter_by_its_value(text: str, filter_: Filter) -> None:
    assert tree(text) == Clauses(filters=(filter_,))


def test_karma_above_a_number_leaves_the_number_out() -> None:
    ((low, high),) = (node.value for node in tree("karma:>50").filters if isinstance(node, Filter))
    assert high is None
    assert 50.0 < low < 50.0001


END = "T23:59:59.999999"


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("2023..2024", "2023-01-01", "2024-12-31" + END),
        ("2023", "2023-01-01", "2023-12-31" + END),
        ("2023-06", "2023-06-01", "2023-06-30" + END),
        ("2024-02", "2024-02-01", "2024-02-29" + END),
        ("2023-6-1", "2023-06-01", "2023-06-01" + END),
        ("2023-06-11T09:30", "2023-06-11T09:30:00", "2023-06-11T09:30:59.999999"),
        ("2023-06-11T09:30:15Z", "2023-06-11T09:30:15", "2023-06-11T09:30:15.999999"),
        ("2023-Q3", "2023-07-01", "2023-09-30" + END),
        ("2023q4", "2023-10-01", "2023-12-31" + END),
        ("2026-W01", "2025-12-29", "2026-01-04" + END),
        (">2023-06", "2023-07-01", None),
        (">2023-12", "2024-01-01", None),
        (">=2023-06", "2023-06-01", None),
        ("<2023-06", None, "2023-05-31" + END),
        ("<=2023-06", None, "2023-06-30" + END),
        ("2023-06..", "2023-06-01", None),
        ("..2023", None, "2023-12-31" + END),
        ("9999", "9999-01-01", "9999-12-31" + END),
        ("today", "2026-11-21", "2026-11-21" + END),
        ("yesterday", "2026-11-20", "2026-11-20" + END),
        ("this-week", "2026-11-16", "2026-11-22" + END),
        ("last-week", "2026-11-09", "2026-11-15" + END),
        ("this-month", "2026-11-01", "2026-11-30" + END),
        ("last-month..", "2026-10-01", None),
        ("last-quarter", "2026-07-01", "2026-09-30" + END),
        ("this-year", "2026-01-01", "2026-12-31" + END),
        ("last-year..yesterday", "2025-01-01", "2026-11-20" + END),
        ("3-months-ago", "2026-08-01", "2026-08-31" + END),
        ("11-months-ago", "2025-12-01", "2025-12-31" + END),
        ("10-days-ago..today", "2026-11-11", "2026-11-21" + END),
        ('"last month"', "2026-10-01", "2026-10-31" + END),
    ],
)
def test_dates_stand_for_whole_periods(text: str, low: str | None, high: str | None) -> None:
    assert tree(f"date:{text}") == Clauses(filters=(Filter("date", "range", (low, high)),))


def test_relative_dates_count_from_this_day_by_default() -> None:
    (only,) = parse("date:today").tree.filters  # type: ignore[attr-defined]
    assert abs((date.fromisoformat(only.value[0]) - date.today()).days) <= 1


def test_a_filter_does_not_rank() -> None:
    assert tree("kind:abstract alignment") == Clauses(
        should=(word("alignment"),), filters=(Filter("kind", "is", "abstract"),)
    )
    assert tree("+kind:abstract alignment") == tree("kind:abstract alignment")


@pytest.mark.parametrize(
    "text", ["kind:essay kind:post", "kind:essay OR kind:post", "kind:(essay post)", "kind:(essay OR post)"]
)
def test_the_same_filter_twice_is_either(text: str) -> None:
    either = AnyFilter((Filter("kind", "is", "essay"), Filter("kind", "is", "post")))
    assert tree(text) == Clauses(filters=(either,))
    assert tree(text + " kind:page alpha").filters == (
        AnyFilter((*either.filters, Filter("kind", "is", "page"))),
    )


@pytest.mark.parametrize("name", ["author", "category"])
def test_authors_and_categories_must_all_hold(name: str) -> None:
    assert tree(f"{name}:alpha {name}:beta") == Clauses(
        filters=(Filter(name, "is", "alpha"), Filter(name, "is", "beta"))
    )


def test_several_words_in_brackets_are_one_name() -> None:
    assert tree('author:(evan hubinger OR "nina panickssery" OR ng)').filters == (
        AnyFilter(
            (
                Filter("author", "is", "evan hubinger"),
                Filter("author", "is", "nina panickssery"),
                Filter("author", "is", "ng"),
            )
        ),
    )


@pytest.mark.parametrize("text", ["karma:>=5 AND karma:<=50", "+karma:>=5 +karma:<=50"])
def test_the_same_filter_joined_by_and_or_plus_holds_twice(text: str) -> None:
    assert tree(text) == Clauses(
        filters=(Filter("karma", "range", (5.0, None)), Filter("karma", "range", (None, 50.0)))
    )


def test_filters_can_be_excluded() -> None:
    assert tree("-kind:abstract -has:url") == Clauses(
        must_not=(Filter("kind", "is", "abstract"), Filter("url", "has", None))
    )
    assert tree("alpha NOT kind:abstract") == tree("alpha -kind:abstract")


def test_brackets_of_filters_filter() -> None:
    assert tree("(kind:essay OR kind:post) alpha") == tree("kind:essay kind:post alpha")
    assert tree("(-kind:essay) alpha").filters == (Clauses(must_not=(Filter("kind", "is", "essay"),)),)


def test_brackets_of_filters_joined_by_or_are_either() -> None:
    either = AnyFilter((Filter("kind", "is", "essay"), Filter("author", "is", "ng")))
    assert tree("(kind:essay) OR (author:ng)") == Clauses(filters=(either,))
    assert tree("((kind:essay) OR (author:ng)) alpha") == Clauses(should=(word("alpha"),), filters=(either,))
    passing = read("(kind:essay alpha) OR (author:ng beta)").tree
    assert passes(passing, "alpha", kind="essay")
    assert not passes(passing, "beta", kind="essay")


# Literal mode.


def test_literal_mode_searches_exactly_what_was_typed() -> None:
    query = read('NOT kind:essay -a "b', literal=True)
    assert query.tree == Clauses(must=(phrase("NOT kind essay a b", exact=True),))
    assert query.diagnostics == ()
    assert read("RAT", literal=True).tree == Clauses(must=(word("RAT", exact=True),))
    assert isinstance(read("?!", literal=True).tree, Nothing)


# What the highlighter gets.


def test_ranking_words_come_in_the_order_typed_parts_before_the_joined_word() -> None:
    query = read('beta "alpha gamma" mesa-optimizer -delta kind:essay same:sentence(zeta AND eta)')
    assert [found.text for found in query.words] == [
        "beta", "alpha", "gamma", "mesa", "optimizer", "mesaoptimizer", "zeta", "eta",
    ]  # fmt: skip


# The caps.


def test_ten_thousand_characters_are_answered() -> None:
    query = read("deceptive alignment of the models; " * 286)
    assert query.diagnostics == ()
    assert len(query.words) == 3 * 286


def test_too_many_clauses_are_cut_and_said() -> None:
    for text in ("alpha beta; " * 2000, "a1,b2," * 2000, '"' + "alpha beta " * 2000 + '"', "東京" * 2000):
        query = read(text)
        assert "too-many-clauses" in [diagnostic.kind for diagnostic in query.diagnostics]
        assert 0 < len(query.words) <= MOST_CLAUSES + 1
    values = read(f"thread:({' '.join(map(str, range(3000)))})")
    assert [diagnostic.kind for diagnostic in values.diagnostics] == ["too-many-clauses"]


def test_too_long_a_query_is_cut_and_said() -> None:
    query = read("alignment" + " " * MOST_CHARACTERS + " beta")
    assert query.words == (word("alignment"),)
    assert [diagnostic.kind for diagnostic in query.diagnostics] == ["too-long"]
    assert kinds("alpha " + "the; " * 20_000) == ["too-long"]


def test_brackets_nested_too_deep_are_read_as_if_they_were_not_there() -> None:
    deep = MOST_NESTING + 30
    assert kinds("(" * deep + "alpha" + ")" * deep + " beta") == ["too-deep"]
    assert read("(" * deep + "alpha" + ")" * deep + " beta").tree == tree("alpha beta")


def test_warnings_are_not_endless() -> None:
    assert len(read(") " * 500).diagnostics) <= MOST_WARNINGS + 2


# The table.


@pytest.mark.parametrize("row", OPERATORS, ids=lambda row: row.name)
def test_every_example_of_the_table_is_a_query_without_a_warning(row: object) -> None:
    assert any(tree(row.example)._key()[2:])  # type: ignore[attr-defined]


def test_every_field_is_complete_in_the_table() -> None:
    for row in FIELDS.values():
        assert row.syntax.startswith(f"{row.name}:")
        assert row.example.lstrip("-").startswith(f"{row.name}:")
        assert row.meaning.endswith(".")
        assert (row.build is not None) == (row.kind in ("filter", "named"))
    assert len({row.name for row in OPERATORS}) == len(OPERATORS)


def test_fields_may_be_written_in_any_case() -> None:
    assert tree("Author:ng TITLE:alpha") == tree("author:ng title:alpha")


def test_an_unknown_field_without_a_near_one_lists_the_fields() -> None:
    message = unknown_field("zzzzzz").message
    assert message.startswith("no field `zzzzzz`; the fields are title, ")
    assert all(name in message for name in FIELDS)


def test_completion_comes_from_the_table() -> None:
    assert complete("au") == ["author:"]
    assert complete("alpha -kind:p") == ["alpha -kind:post", "alpha -kind:page"]
    assert complete("(same:s") == ["(same:sentence"]
    assert complete("author:x") == []
    assert len(complete("")) == len(FIELDS)


def test_the_reference_is_current() -> None:
    command = [sys.executable, "-m", "essaysearch.query"]
    printed = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
    assert (ROOT / "docs" / "query.md").read_text(encoding="utf-8") == printed.stdout
    for row in OPERATORS:
        assert row.meaning in printed.stdout
    for kind in DIAGNOSTICS:
        assert f"`{kind}`" in printed.stdout


# Any text at all.

PIECES = st.sampled_from(
    [row.example for row in OPERATORS]
    + [f"{name}:" for name in FIELDS]
    + ["AND", "OR", "NOT", "NEAR/3", "THEN/2", '"', "(", ")", "+", "-", "~1", "^2", "*", "?", "/", "..", ">="]
    + ["the", "mesa-optimizer", "don't", "東京", "é", "2023", "last-month", "“", "—", "\0", "\ud800"]
)
TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(PIECES, max_size=12).map("".join),
    st.lists(PIECES, max_size=12).map(" ".join),
)


@settings(deadline=None, max_examples=300)
@given(TEXTS, st.booleans())
def test_any_text_gives_a_tree_with_every_place_in_the_text(text: str, literal: bool) -> None:
    query = read(text, literal)
    assert isinstance(query.tree, Clauses | Nothing)
    if isinstance(query.tree, Nothing):
        assert query.diagnostics
    for diagnostic in query.diagnostics:
        assert diagnostic.kind in DIAGNOSTICS
        assert 0 <= diagnostic.start <= diagnostic.end <= len(text)
        assert diagnostic.message
    waiting = [query.tree]
    while waiting:
        node = waiting.pop()
        assert 0 <= node.start <= node.end <= len(text)
        waiting += node.children()
    assert query == read(text, literal)


BOOLEAN = st.recursive(
    st.sampled_from(["alpha", "beta", "gamma", '"alpha beta"']),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([" ", " OR ", " AND ", " NOT "]), inner).map("".join),
        inner.map(lambda text: f"({text})"),
    ),
    max_leaves=6,
)
SAID = st.lists(st.sampled_from(["alpha", "beta", "gamma", "delta"]), min_size=1, max_size=4).map(" ".join)


@settings(deadline=None, max_examples=300)
@given(BOOLEAN, SAID)
def test_brackets_around_a_whole_query_change_nothing_found(text: str, passage: str) -> None:
    assert passes(read(text).tree, passage) == passes(read(f"({text})").tree, passage)


@settings(deadline=None, max_examples=300)
@given(st.lists(st.sampled_from(["alpha", "beta", "-gamma", "+delta", '"alpha beta"']), min_size=1), SAID)
def test_what_is_found_is_what_the_contract_says(clauses: list[str], passage: str) -> None:
    said = passage.split()
    required = [clause for clause in clauses if clause[0] in '+"']
    ranking = [clause for clause in clauses if clause[0] != "-"]

    def matches(clause: str) -> bool:
        return "alpha beta" in passage if clause[0] == '"' else clause.lstrip("+-") in said

    expected = (
        all(map(matches, required))
        and not any(matches(clause) for clause in clauses if clause[0] == "-")
        and (not ranking or any(map(matches, ranking)))
    )
    assert passes(read(" ".join(clauses)).tree, passage) == expected
