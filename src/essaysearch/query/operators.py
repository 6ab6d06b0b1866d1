"""The one table of what a query can say.

The parser, `essaysearch help query`, docs/query.md, completion and every "did you mean" read
it. To add a field or an operator is one row here and, where it makes a new node, one builder.

    python -m essaysearch.query > docs/query.md
"""

from __future__ import annotations

from typing import Any

from essaysearch.model import KINDS, VOICES
from essaysearch.nearest import nearest
from essaysearch.query import values as value
from essaysearch.query.operator_rows import Kind, Operator
from essaysearch.query.patterns import fuzzy, regex, star
from essaysearch.query.ranges import Problem, shown
from essaysearch.tree import SCOPES, TEXT_FIELDS, Phrase, Word

HAVE = (
    "author", "category", "code", "date", "karma", "source", "url", "path",
    "title", "section", "thread", "replyto", "answers",
)  # fmt: skip
"""What ``has:`` can ask for."""


def phrase(words: tuple[Word, ...], slop: int = 0, ordered: bool = True) -> Phrase | Word:
    """Words of one field that stand together; a single one is itself."""
    if len(words) == 1:
        return words[0]
    return Phrase(words, slop, ordered, words[0].fields, 1.0, words[0].start, words[-1].end)


def _row(name: str, kind: Kind, syntax: str, example: str, meaning: str, **rest: Any) -> Operator:
    return Operator(name, kind, syntax, example, meaning, **rest)


OPERATORS: tuple[Operator, ...] = (
    _row("any", "boolean", "a b", "deceptive alignment",
         "Passages with any of the words; more, rarer and closer words come first."),
    _row("or", "boolean", "a OR b", '"reward hacking" OR sycophancy',
         "The same as side by side; beside a quoted phrase it makes the phrase optional."),
    _row("and", "boolean", "a AND b", "inner AND alignment",
         "Both must match; AND binds tighter than standing side by side."),
    _row("not", "boolean", "a NOT b", "alignment NOT faking",
         "Excludes b from everything beside it, within the same brackets."),
    _row("must", "boolean", "+a", "+scheming training",
         "Every passage found must match a; on a filter: it must hold whatever the others say."),
    _row("without", "boolean", "-a", "alignment -kind:abstract",
         "No passage found matches a, which may be a word, a phrase, a filter or brackets."),
    _row("brackets", "boolean", "(a b)", "(reward OR utility) AND hacking",
         "Several clauses as one; what is required or excluded in it counts within it."),
    _row("weight", "boolean", "a^2", "deceptive^2 alignment",
         "Counts a twice (0.01 to 100) in the ranking: a word, a phrase, a pattern or brackets."),
    _row("phrase", "phrase", '"a b"', '"treacherous turn"',
         "The words stand together in this order, common words included; required unless joined by OR.",
         build=phrase),
    _row("within", "phrase", '"a b"~5', '"reward model"~5',
         "The words lie within five positions of the first of them, in any order.", build=phrase),
    _row("near", "phrase", "a NEAR/3 b", "goal NEAR/3 misgeneralization",
         "Both words (or quoted phrases) within three positions, in any order; NEAR alone is NEAR/10.",
         build=phrase),
    _row("then", "phrase", "a THEN/3 b", "training THEN/4 deployment", "The same, in the order written.",
         build=phrase),
    _row("prefix", "pattern", "pre*", "decept*",
         "Every word that begins so; patterns match words as written, not their stems.", build=star),
    _row("wildcard", "pattern", "w?ld*card", "wom?n",
         "`*` is any run of letters, `?` inside a word is one; at the end of a word `?` is punctuation.",
         build=star),
    _row("fuzzy", "pattern", "word~1", "optimiser~1",
         "Every word within one edit, or two with ~2; ~ alone is ~1. An edit is a letter more, less or "
         "other, or two neighbours that changed places.", build=fuzzy),
    _row("regex", "pattern", "/regex/", "/decept(ion|ive)/",
         "Every word that the regular expression matches from end to end.", build=regex),
    _row("title", "text", "title:a", "title:sleeper", "In the document's title only.", fields=("title",)),
    _row("section", "text", "section:a", "section:conclusion", "In the heading over the passage only.",
         fields=("section",)),
    _row("own", "text", "own:a", 'own:"inductive biases"', "In the author's own words only.",
         fields=("own",)),
    _row("quote", "text", "quote:a", "quote:orthogonality", "In words quoted from others only.",
         fields=("quote",)),
    _row("answers", "text", "answers:a", 'answers:"motte-and-bailey"',
         "In the passage that this one responds to.", fields=("answers",)),
    _row("body", "text", "body:a", "body:(corrigibility shutdown)",
         "In the passage itself, whoever speaks.", fields=("body",)),
    _row("exact", "text", "exact:Word", 'exact:"Some Phrase"',
         "Letter for letter: no stemming, case and accents as typed."),
    _row("in", "scope", "in:title", "in:title deceptive alignment",
         "Restricts every word beside it to a field of text; given twice, to both.", values=TEXT_FIELDS),
    _row("same", "scope", "same:sentence(a AND b)", "same:sentence(reward AND deception)",
         "The parts may be met anywhere in the same stretch of text; without brackets it holds for "
         "everything beside it.", values=SCOPES),
    _row("like", "named", "like:ID", "like:1f0c9a77d2e4b853",
         "Passages like the one with this id, ranked by its distinctive words.", build=value.like),
    _row("topic", "named", "topic:NAME", "topic:deceptive-alignment",
         "Passages on a topic of the library, with its senses and synonyms.",
         build=value.topic, words=True),
    _row("kind", "filter", "kind:KIND", "kind:abstract", "Documents of one kind.",
         values=KINDS, build=value.choice),
    _row("author", "filter", "author:NAME", 'author:"nina panickssery"',
         "Documents by this author; a name matches by its words, in any order. Given twice, both must hold.",
         build=value.words, all_of=True, words=True),
    _row("category", "filter", "category:NAME", "category:cs.LG",
         "Documents in this category. Given twice, both must hold.",
         build=value.words, all_of=True, words=True),
    _row("date", "filter", "date:RANGE", "date:2023..2024",
         "Documents dated within a day, month, quarter, year or range; undated ones never match.",
         build=value.dates),
    _row("year", "filter", "year:RANGE", "year:2022..2024", "The same by whole years.", build=value.years),
    _row("karma", "filter", "karma:RANGE", "karma:>=50",
         "Documents whose karma lies in the range: 10..50, >50, >=50, <50, <=50.", build=value.karma),
    _row("source", "filter", "source:NAME", "source:lesswrong", "Documents from this source.",
         build=value.words, words=True),
    _row("url", "filter", "url:WORDS", "url:alignmentforum.org",
         "Documents whose address holds these words in order.", build=value.words, words=True),
    _row("path", "filter", "path:WORDS", "path:essays",
         "Documents whose file's path holds these words in order.", build=value.words, words=True),
    _row("has", "filter", "has:FIELD", "-has:date", "Documents or passages for which the field is known.",
         values=HAVE, build=value.has),
    _row("thread", "filter", "thread:ID", "thread:post-17",
         "Everything in the thread whose first document has this id.", build=value.identifier),
    _row("replyto", "filter", "replyto:NAME", "replyto:hubinger",
         "Direct replies to documents by this author.", build=value.words, words=True),
    _row("voice", "filter", "voice:VOICE", "voice:own", "Passages in one voice.",
         values=VOICES, build=value.choice),
    _row("id", "filter", "id:ID", "id:post-17",
         "The passage, or the passages of the document, with this id.", build=value.identifier),
)  # fmt: skip
"""Every field and operator, in the order in which help shows them."""

FIELDS: dict[str, Operator] = {
    row.name: row for row in OPERATORS if row.kind in ("text", "scope", "named", "filter")
}
"""The rows that are written with a colon, by name."""


def unknown_field(name: str) -> Problem:
    """The word before a colon is no field."""
    meant = nearest(name.lower(), FIELDS)
    remedy = f"did you mean `{meant}`?" if meant else f"the fields are {', '.join(FIELDS)}"
    return Problem("unknown-field", f"no field {shown(name)}; {remedy}")


def complete(typed: str) -> list[str]:
    """What a query may become: its last word completed to a field, or to a value where there are few.

    >>> complete("alignment ki"), complete("-voice:q")
    (['alignment kind:'], ['-voice:quoted'])
    """
    cut = max(typed.rfind(mark) for mark in ' ("+-') + 1
    before, word = typed[:cut], typed[cut:].lower()
    name, colon, started = word.partition(":")
    if colon:
        choices = FIELDS[name].values if name in FIELDS else ()
        return [f"{before}{name}:{choice}" for choice in choices if choice.startswith(started)]
    return [f"{before}{field}:" for field in FIELDS if field.startswith(word)]
