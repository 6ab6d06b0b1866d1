"""Whatever is odd about a query is said: which kind, where, in which words, and with what outcome."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from essaysearch.model import Diagnostic
from essaysearch.nearest import edits, nearest
from essaysearch.query import caret, parse
from essaysearch.query.patterns import LONGEST_PATTERN, LONGEST_REGEX
from essaysearch.query.sentences import ALL_STOPS, DIAGNOSTICS, NOTHING
from essaysearch.tree import Clauses, Nothing

TODAY = date(2026, 11, 21)

DATES = (
    "write 2023, 2023-06, 2023-06-11, 2023-Q3, yesterday or last-month, "
    "or a range such as 2022..2024, >=2023-06 or last-month.. without spaces"
)
NUMBERS = "write karma:50, karma:>=50, karma:<10 or karma:10..50 without spaces"
YEARS = (
    "write year:2023, year:>=2022 or year:2022..2024, or date: for months, days and words such as last-year"
)
KINDS = "write one of essay, post, comment, message, abstract, page"
AS_WORDS = "It is searched as words."
LEFT_OUT = "It is left out."

SAID = [
    # The query, the part of it that is marked, the kind, the whole sentence.
    ("autor:hubinger", "autor:", "unknown-field", f"no field `autor`; did you mean `author`? {AS_WORDS}"),
    ("-autor:hubinger x1", "autor:", "unknown-field", f"no field `autor`; did you mean `author`? {LEFT_OUT}"),
    ("kind:esay", "kind:esay", "bad-value",
     f"`kind:` cannot be `esay`; did you mean `kind:essay`? {AS_WORDS}"),
    ("kind:story", "kind:story", "bad-value", f"`kind:` cannot be `story`; {KINDS}. {AS_WORDS}"),
    ("-kind:story x1", "kind:story", "bad-value", f"`kind:` cannot be `story`; {KINDS}. {LEFT_OUT}"),
    ("kind:(essay story)", "kind:(essay story)", "bad-value",
     f"`kind:` cannot be `story`; {KINDS}. {LEFT_OUT}"),
    ("voice:mine", "voice:mine", "bad-value",
     f"`voice:` cannot be `mine`; write one of own, quoted, unknown. {AS_WORDS}"),
    ("voice:quotd", "voice:quotd", "bad-value",
     f"`voice:` cannot be `quotd`; did you mean `voice:quoted`? {AS_WORDS}"),
    ("has:dat", "has:dat", "bad-value", f"`has:` cannot be `dat`; did you mean `has:date`? {AS_WORDS}"),
    ("has:pictures", "has:pictures", "bad-value",
     "`has:` cannot be `pictures`; write one of author, category, code, date, karma, source, url, path, "
     f"title, section, thread, replyto, answers. {AS_WORDS}"),
    ("in:titel", "in:titel", "bad-value", f"`in:` cannot be `titel`; did you mean `in:title`? {AS_WORDS}"),
    ("in:margins", "in:margins", "bad-value",
     f"`in:` cannot be `margins`; write one of title, section, own, quote, answers, body. {AS_WORDS}"),
    ("same:sentense(x1)", "same:sentense", "bad-value",
     f"`same:` cannot be `sentense`; did you mean `same:sentence`? {AS_WORDS}"),
    ("same:chapter(x1)", "same:chapter", "bad-value",
     f"`same:` cannot be `chapter`; write one of sentence, passage, comment, document, thread. {AS_WORDS}"),
    ('same:"x1"', "same:", "missing-value",
     "`same:` has no value; write one without a space, as in same:sentence(reward AND deception)"),
    ("kind: essay", "kind:", "missing-value",
     "`kind:` has no value; write one without a space, as in kind:abstract"),
    ("title: essay", "title:", "missing-value",
     "`title:` has no value; write one without a space, as in title:sleeper"),
    ('kind:"" x1', 'kind:""', "missing-value",
     f"`kind:` has no value; write one without a space, as in kind:abstract. {LEFT_OUT}"),
    ('voice:"" x1', 'voice:""', "missing-value",
     f"`voice:` has no value; write one without a space, as in voice:own. {LEFT_OUT}"),
    ('has:"" x1', 'has:""', "missing-value",
     f"`has:` has no value; write one without a space, as in -has:date. {LEFT_OUT}"),
    ("author:!! x1", "author:!!", "missing-value",
     f'`author:` has no value; write one without a space, as in author:"nina panickssery". {LEFT_OUT}'),
    ('category:"--" x1', 'category:"--"', "missing-value",
     f"`category:` has no value; write one without a space, as in category:cs.LG. {LEFT_OUT}"),
    ('source:"" x1', 'source:""', "missing-value",
     f"`source:` has no value; write one without a space, as in source:lesswrong. {LEFT_OUT}"),
    ("url:/ x1", "url:/", "missing-value",
     f"`url:` has no value; write one without a space, as in url:alignmentforum.org. {LEFT_OUT}"),
    ("path:/ x1", "path:/", "missing-value",
     f"`path:` has no value; write one without a space, as in path:essays. {LEFT_OUT}"),
    ('thread:"" x1', 'thread:""', "missing-value",
     f"`thread:` has no value; write one without a space, as in thread:post-17. {LEFT_OUT}"),
    ('replyto:" " x1', 'replyto:" "', "missing-value",
     f"`replyto:` has no value; write one without a space, as in replyto:hubinger. {LEFT_OUT}"),
    ('id:"" x1', 'id:""', "missing-value",
     f"`id:` has no value; write one without a space, as in id:post-17. {LEFT_OUT}"),
    ('like:"" x1', 'like:""', "missing-value",
     f"`like:` has no value; write one without a space, as in like:1f0c9a77d2e4b853. {LEFT_OUT}"),
    ("topic:? x1", "topic:?", "missing-value",
     f"`topic:` has no value; write one without a space, as in topic:deceptive-alignment. {LEFT_OUT}"),
    ("date:soon", "date:soon", "bad-date", f"`soon` is no date; {DATES}. {AS_WORDS}"),
    ("date:23", "date:23", "bad-date", f"`23` is no date; {DATES}. {AS_WORDS}"),
    ("date:2023..soon", "date:2023..soon", "bad-date", f"`soon` is no date; {DATES}. {AS_WORDS}"),
    ("date:.. x1", "date:..", "bad-date", f"`..` is no date; {DATES}. {LEFT_OUT}"),
    ("date:>= x1", "date:>=", "bad-date", f"`>=` is no date; {DATES}. {LEFT_OUT}"),
    ("date:2023-13", "date:2023-13", "bad-date",
     f"`2023-13` is no date: there is no such month; {DATES}. {AS_WORDS}"),
    ("date:2023-02-30", "date:2023-02-30", "bad-date",
     f"`2023-02-30` is no date: there is no such day in that month; {DATES}. {AS_WORDS}"),
    ("date:2023-Q5", "date:2023-Q5", "bad-date",
     f"`2023-Q5` is no date: a year has quarters Q1 to Q4; {DATES}. {AS_WORDS}"),
    ("date:2023-W60", "date:2023-W60", "bad-date",
     f"`2023-W60` is no date: that year has no such week; {DATES}. {AS_WORDS}"),
    ("date:2023-06-11T25:00", "date:2023-06-11T25:00", "bad-date",
     f"`2023-06-11T25:00` is no date: there is no such hour; {DATES}. {AS_WORDS}"),
    ("date:2023-06-11T09:75", "date:2023-06-11T09:75", "bad-date",
     f"`2023-06-11T09:75` is no date: there is no such minute; {DATES}. {AS_WORDS}"),
    ("date:0000", "date:0000", "bad-date",
     f"`0000` is no date: the year must be 0001 to 9999; {DATES}. {AS_WORDS}"),
    ("date:9999-years-ago", "date:9999-years-ago", "bad-date",
     f"`9999-years-ago` is no date: the year must be 0001 to 9999; {DATES}. {AS_WORDS}"),
    ("date:2024..2023", "date:2024..2023", "empty-range",
     f"the range `2024..2023` is empty: `2024` comes after `2023`; write `date:2023..2024`. {AS_WORDS}"),
    ("date:>9999", "date:>9999", "empty-range", f"no date can lie beyond `>9999`; {DATES}. {AS_WORDS}"),
    ("date:<0001", "date:<0001", "empty-range", f"no date can lie beyond `<0001`; {DATES}. {AS_WORDS}"),
    ("year:23", "year:23", "bad-number", f"`23` is no year; {YEARS}. {AS_WORDS}"),
    ("year:last-year", "year:last-year", "bad-number", f"`last-year` is no year; {YEARS}. {AS_WORDS}"),
    ("year:0000", "year:0000", "bad-number", f"`0000` is no year; {YEARS}. {AS_WORDS}"),
    ("year:>9999", "year:>9999", "empty-range",
     f"no year can lie beyond `>9999`; write one from 0001 to 9999. {AS_WORDS}"),
    ("year:<0001", "year:<0001", "empty-range",
     f"no year can lie beyond `<0001`; write one from 0001 to 9999. {AS_WORDS}"),
    ("year:.. x1", "year:..", "bad-number", f"`..` is no year; {YEARS}. {LEFT_OUT}"),
    ("year:2024..2022", "year:2024..2022", "empty-range",
     f"the range `2024..2022` is empty: `2024` comes after `2022`; write `year:2022..2024`. {AS_WORDS}"),
    ("karma:many", "karma:many", "bad-number", f"`many` is no number; {NUMBERS}. {AS_WORDS}"),
    ("karma:5..many", "karma:5..many", "bad-number", f"`many` is no number; {NUMBERS}. {AS_WORDS}"),
    ("karma:>= 50", "karma:>=", "bad-number", f"`>=` is no number; {NUMBERS}. {LEFT_OUT}"),
    ("karma:50..10", "karma:50..10", "empty-range",
     f"the range `50..10` is empty: `50` comes after `10`; write `karma:10..50`. {AS_WORDS}"),
    ("alpha^x", "^x", "bad-number", "`^x` is no weight; write ^2, from ^0.01 to ^100"),
    ("alpha^0", "^0", "bad-number", "`^0` is no weight; write ^2, from ^0.01 to ^100"),
    ('"alpha beta"^1000', "^1000", "bad-number", "`^1000` is no weight; write ^2, from ^0.01 to ^100"),
    ("(alpha beta)^-2", "^-2", "bad-number", "`^-2` is no weight; write ^2, from ^0.01 to ^100"),
    ("kind:essay^2", "^2", "bad-number", "a filter does not rank, so a weight changes nothing; leave it out"),
    ('"alpha beta"~', "~", "bad-number",
     '`~` is no distance in words; write a number from 1 to 1,000, as in "a b"~5 or a NEAR/3 b'),
    ('"alpha beta"~5000', "~5000", "bad-number",
     '`~5000` is no distance in words; write a number from 1 to 1,000, as in "a b"~5 or a NEAR/3 b'),
    ("alpha NEAR/0 beta", "NEAR/0", "bad-number",
     '`NEAR/0` is no distance in words; write a number from 1 to 1,000, as in "a b"~5 or a NEAR/3 b'),
    ("alpha~9", "alpha~9", "bad-number",
     "`~9` is out of range; a word may be ~1 or ~2 edits away; the word itself is searched"),
    ("al~1", "al~1", "too-broad",
     "`al~1` would match too many words; ~1 needs a word of 3 letters, ~2 one of 5; "
     "the word itself is searched"),
    ("b*", "b*", "too-broad",
     "`b*` would match too many words; write at least two letters beside * and ?; "
     "its letters are searched as a word"),
    ("a*b*c*d*e*f", "a*b*c*d*e*f", "too-broad",
     "`a*b*c*d*e*f` is too long or has too many stars; at most 4 stars and 100 characters are tried; "
     "its letters are searched as a word"),
    ("/.*/ x1", "/.*/", "too-broad",
     f"`/.*/` would match too many words; name at least one letter it must have. {LEFT_OUT}"),
    ("/[x/", "/[x/", "bad-regex",
     "the pattern `/[x/` cannot be read: unterminated character set at character 1; "
     f"write a backslash before a character that is meant as itself. {AS_WORDS}"),
    ("/(a+)+b/", "/(a+)+b/", "costly-regex",
     "the pattern `/(a+)+b/` could take too long; leave out repetition within repetition, lookaround and "
     f"references, or use * and ? instead. {AS_WORDS}"),
    ("exact:decept*", "decept*", "exact-pattern",
     "exact: has no effect on a pattern, which matches words whatever their case; leave it out"),
    ('"alpha', '"', "unbalanced-quote",
     "this quotation mark has no partner; close it or leave it out. What follows is searched as words."),
    ("(alpha", "(", "unbalanced-bracket", "this bracket is never closed; write ) where it ends"),
    ("alpha)", ")", "unbalanced-bracket", "this bracket closes nothing; write ( where it begins"),
    ("kind:(essay x1", "(", "unbalanced-bracket", "this bracket is never closed; write ) where it ends"),
    ("alpha AND", "AND", "dangling-operator",
     "`AND` has nothing after it; write it between two clauses, or in small letters as a word"),
    ("OR alpha", "OR", "dangling-operator",
     "`OR` has nothing before it; write it between two clauses, or in small letters as a word"),
    ("alpha AND OR beta", "AND", "dangling-operator",
     "`AND` has nothing after it; write it between two clauses, or in small letters as a word"),
    ("(alpha NOT)", "NOT", "dangling-operator",
     "`NOT` has nothing after it; write it between two clauses, or in small letters as a word"),
    ("alpha NEAR/3", "NEAR/3", "dangling-operator",
     "`NEAR/3` has nothing after it; write it between two clauses, or in small letters as a word"),
    ("alpha NEAR/3 bet*", "bet*", "near-operand",
     "NEAR and THEN join words and quoted phrases of one field; AND is used instead"),
    ("x1 NEAR/3 x2 THEN/2 x3", "x3", "near-operand",
     "NEAR and THEN cannot be mixed in one run; AND is used between them"),
    ("alpha +the", "the", "stop-word",
     "`the` is too common to be required or excluded and is left out; "
     "to insist, quote it or write exact: before it"),
    ("what is it", "what is it", "all-stop-words", ALL_STOPS),
    ("alpha OR kind:essay", "kind:essay", "or-filter",
     "`kind:` must hold although it stands beside OR; for either, write brackets around each side: "
     "`(kind:…) OR (…)`"),
    ("author:ng OR author:ho", "author:ng", "or-filter",
     "`author:` must hold although it stands beside OR; for either, write `author:(a OR b)`"),
    ("karma:>=5 karma:<=50", "karma:<=50", "either-range",
     "two ranges of `karma:` side by side mean either of them; for what lies in both, "
     "write one range with .. or join them by AND"),
    ("what do people say about x1?", "people say", "question-frame",
     "`people` and `say` only ask the question and count little; to search for one of them write +people"),
    ("who argues against x1", "argues", "question-frame",
     "`argues` only asks the question and counts little; to search for it write +argues"),
    ("!?", "!?", "nothing-to-search", NOTHING),
    ("", "", "nothing-to-search", NOTHING),
    ("((((()))))", "((((()))))", "nothing-to-search", NOTHING),
    ("*", "*", "nothing-to-search", NOTHING),
]  # fmt: skip


@pytest.mark.parametrize(("text", "cause", "kind", "message"), SAID, ids=[row[0] or "empty" for row in SAID])
def test_what_is_odd_is_said_with_its_place_and_a_remedy(
    text: str, cause: str, kind: str, message: str
) -> None:
    (said,) = parse(text, TODAY).diagnostics
    assert (said.kind, text[said.start : said.end], said.message) == (kind, cause, message)


ELSEWHERE = {"too-many-clauses", "too-deep", "too-long"}
"""Kinds whose tests need a long query: tests/test_query.py."""


def test_every_kind_of_warning_has_a_test() -> None:
    assert {row[2] for row in SAID} | ELSEWHERE == set(DIAGNOSTICS)


@pytest.mark.parametrize(
    ("odd", "plain"),
    [
        ("autor:hubinger", "hubinger autor"),
        ("kind:story alpha", "story alpha"),
        ('author:"!" alpha', "alpha"),
        ("date:soon alpha", "soon alpha"),
        ("karma:many alpha", "many alpha"),
        ("-kind:story alpha", "alpha"),
        ("-autor:hubinger alpha", "alpha"),
        ("kind: alpha", "kind alpha"),
        ('alpha "beta', "alpha beta"),
        ("(alpha beta", "alpha beta"),
        ("alpha)) beta", "alpha beta"),
        ("kind:(essay beta", "essay beta"),
        ("/[alpha/ beta", "alpha beta"),
        ("al* beta", "al* beta"),
        ("a* beta", "beta"),
        ("alpha~9 beta", "alpha beta"),
        ("foo:-bar", "bar foo"),
        ("in:margins alpha", "margins alpha"),
    ],
)
def test_what_cannot_be_read_is_searched_as_words(odd: str, plain: str) -> None:
    meant, expected = parse(odd, TODAY).tree, parse(plain, TODAY).tree
    assert isinstance(meant, Clauses)
    assert meant == expected


def test_a_query_of_punctuation_finds_nothing() -> None:
    for text in ("", "   ", "?!", '""', "()", "- + *", "\0", "\u3000"):
        assert isinstance(parse(text).tree, Nothing)


# The caret.


def test_the_caret_stands_under_the_cause() -> None:
    text = "alpha autor:hubinger"
    (said,) = parse(text).diagnostics
    assert caret(text, said) == "alpha autor:hubinger\n      ^^^^^^"


def test_the_caret_allows_for_wide_and_combining_characters() -> None:
    assert caret("東京 x", Diagnostic("", 0, 2, "")) == "東京 x\n^^^^"
    assert caret("東京 x", Diagnostic("", 3, 4, "")) == "東京 x\n     ^"
    assert caret("e\u0301 x", Diagnostic("", 3, 4, "")) == "e\u0301 x\n  ^"


def test_control_characters_do_not_break_the_line() -> None:
    assert caret("a\n\tb\0(", Diagnostic("", 5, 6, "")) == "a  b (\n     ^"


def test_a_caret_at_the_end_stands_behind_the_text() -> None:
    assert caret("ab", Diagnostic("", 2, 2, "")) == "ab\n  ^"
    assert caret("", Diagnostic("", 0, 0, "")) == "\n^"


def test_a_long_query_is_shown_around_the_cause() -> None:
    text = "alpha " * 100 + "autor:x " + "beta " * 100
    (said,) = parse(text).diagnostics
    shown, marks = caret(text, said, width=60).split("\n")
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert len(shown) == 62
    assert shown[marks.index("^") : len(marks)] == "autor:"


@settings(deadline=None, max_examples=200)
@given(st.text(alphabet="ab東\u0301\n(", max_size=200), st.integers(-5, 210), st.integers(-5, 210))
def test_the_caret_is_always_two_lines(text: str, start: int, end: int) -> None:
    assert caret(text, Diagnostic("", start, end, "")).count("\n") == 1


# Did you mean.


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("autor", "author"),
        ("atuhor", "author"),
        ("AUTHOR".lower(), None),
        ("dtae", "date"),
        ("kinds", "kind"),
        ("categories", "category"),
        ("cat", "category"),
        ("xyzzy", None),
        ("q", None),
        ("", None),
        ("a" * 65, None),
    ],
)
def test_the_nearest_spelling_is_meant(typed: str, meant: str | None) -> None:
    assert nearest(typed, ["kind", "author", "category", "date"]) == meant


def test_of_equally_near_ones_the_same_first_letter_wins_then_the_first() -> None:
    assert nearest("cart", ["dart", "care", "card"]) == "care"
    assert nearest("cart", ["mart", "dart"]) == "mart"


@given(st.text(alphabet="abc", max_size=6), st.text(alphabet="abc", max_size=6))
def test_edits_are_symmetric_and_zero_only_for_the_same_word(one: str, other: str) -> None:
    assert edits(one, other, 6) == edits(other, one, 6)
    assert (edits(one, other, 6) == 0) == (one == other)
    assert edits(one, other, 1) == min(edits(one, other, 6), 2)


def test_what_is_too_long_to_be_tried_is_said() -> None:
    word = "a" * (LONGEST_PATTERN + 1)
    (said,) = parse(f"{word}~2", TODAY).diagnostics
    assert (said.kind, said.end) == ("too-broad", len(word) + 2)
    assert said.message.endswith(
        f"is too long for ~; at most {LONGEST_PATTERN} letters are tried; the word itself is searched"
    )
    (said, *_) = parse(f"/{'a' * (LONGEST_REGEX + 1)}/", TODAY).diagnostics
    assert said.kind == "costly-regex"
    assert said.message.startswith(
        f"the pattern is too long; at most {LONGEST_REGEX} characters are tried. It is searched as words."
    )


def test_several_topics_are_alternatives() -> None:
    (named,) = parse("topic:(pauses OR takeoff)", TODAY).tree.should
    assert [node.name for node in named.should] == ["pauses", "takeoff"]
