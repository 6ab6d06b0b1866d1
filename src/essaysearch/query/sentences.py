"""What the parser says when something in a query was odd: the kinds, and the fixed sentences.

Sentences that depend on a field's value come with the value (`values`, `dates`,
`patterns`).
"""

from __future__ import annotations

DIAGNOSTICS: dict[str, str] = {
    "nothing-to-search": "The query holds no word and no filter.",
    "unknown-field": "A word and a colon, but no such field; the words are searched as words.",
    "missing-value": "A field with nothing behind its colon.",
    "bad-value": "A field that takes one of a few values was given another.",
    "bad-date": "A date that cannot be read.",
    "bad-number": "A number, a weight or a distance that cannot be read or is out of range.",
    "empty-range": "A range that ends before it begins.",
    "unbalanced-quote": "A quotation mark without its partner.",
    "unbalanced-bracket": "A bracket without its partner.",
    "dangling-operator": "AND, OR, NOT, NEAR or THEN without something on the side where it needs it.",
    "near-operand": "NEAR or THEN beside something that is neither a word nor a quoted phrase.",
    "stop-word": "An operator on a word too common to search.",
    "all-stop-words": "Every word is too common; they are searched all the same.",
    "question-frame": "Words that ask the question, as in *what do people say about …*; they count little.",
    "too-broad": "A pattern that would match too many words.",
    "bad-regex": "A regular expression that cannot be read.",
    "costly-regex": "A regular expression that could take too long.",
    "exact-pattern": "`exact:` on a pattern, which always matches folded words.",
    "or-filter": "OR beside a filter, which must hold all the same.",
    "either-range": "Two overlapping ranges of one field, of which either suffices.",
    "too-many-clauses": "More clauses than are searched; the rest is left out.",
    "too-deep": "Brackets nested too deep; the deeper ones are read as if they were not there.",
    "too-long": "Too many characters or signs; the rest is left out.",
}
"""Every kind of warning the parser gives, and what it means."""

OF_A_LIBRARY: dict[str, str] = {
    "unknown-word": "A word that no passage has.",
    "unmet-filter": "A filter, or a passage to resemble, that nothing in the library meets.",
    "too-much-asked": "Parts of the query that no passage meets at once.",
    "asks-an-author": "A question about what an author of the library says; any passage may answer it.",
    "unknown-topic": "A topic that does not exist or cannot be read; its words are searched as words.",
}
"""The kinds of warning that a search adds, which has a library to look into."""

NOTHING = "there is nothing to search for; type a word, or a filter such as kind:essay"
ALL_STOPS = (
    "every word of the query is a very common one; they are searched all the same, "
    "but add a rarer word to find what is meant"
)
STOP = (
    "{word} is too common to be required or excluded and is left out; "
    "to insist, quote it or write exact: before it"
)
FRAME_WORD = "{words} only asks the question and counts little; to search for it write +{first}"
FRAME = "{words} only ask the question and count little; to search for one of them write +{first}"
ANSWERED = "; replies to such words are found by answers:{words}"
QUOTE = "this quotation mark has no partner; close it or leave it out. What follows is searched as words."
NEVER_CLOSED = "this bracket is never closed; write ) where it ends"
NEVER_OPENED = "this bracket closes nothing; write ( where it begins"
TOO_DEEP = (
    "brackets are nested more than {most} deep; the deeper ones are read as if they were not there, "
    "so use fewer"
)
DANGLING = "`{sign}` has nothing {side} it; write it between two clauses, or in small letters as a word"
DISTANCE = '{given} is no distance in words; write a number from 1 to {most:,}, as in "a b"~5 or a NEAR/3 b'
WEIGHT = "{given} is no weight; write ^2, from ^0.01 to ^100"
FILTER_WEIGHT = "a filter does not rank, so a weight changes nothing; leave it out"
EXACT_PATTERN = "exact: has no effect on a pattern, which matches words whatever their case; leave it out"
CUT = "the query has {what}; the rest is left out, so ask for less at once"
OR_FILTER = "`{name}:` must hold although it stands beside OR; for either, write {remedy}"
EITHER_RANGE = (
    "two ranges of `{name}:` side by side mean either of them; for what lies in both, "
    "write one range with .. or join them by AND"
)
NEAR_OPERAND = "NEAR and THEN join words and quoted phrases of one field; AND is used instead"
NEAR_MIXED = "NEAR and THEN cannot be mixed in one run; AND is used between them"


def with_outcome(message: str, left_out: bool) -> str:
    """The message, and what became of the text it is about."""
    sentence = message if message.endswith("?") else message + "."
    return f"{sentence} {'It is left out.' if left_out else 'It is searched as words.'}"
