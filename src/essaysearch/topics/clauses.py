"""A topic's phrases as clauses of the query language.

A phrase is a query in which plain words, alone or between AND and the like, are meant as phrases;
anything else (quotes, a star) is as the query language has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from essaysearch.query import parse
from essaysearch.text.snippets import marked_leaves
from essaysearch.topics.files import Topic
from essaysearch.tree import Clauses, Filter, Node, Nothing, Phrase, Word

_PLAIN = re.compile(r"[\w'’-]+(?: [\w'’-]+)*")
_OPERATOR = re.compile(r"(?<!\S)(?:AND|OR|NOT|(?:NEAR|THEN)(?:/\d+)?)(?!\S)")


def clause(phrase: str) -> Node:
    """What a phrase of a topic finds: plain words between operators are phrases too."""
    parts = [part.strip() for part in _OPERATOR.split(phrase)]
    quoted = [f'"{part}"' if _PLAIN.fullmatch(part) else part for part in parts]
    signs = _OPERATOR.findall(phrase)
    tree = parse(" ".join(text for pair in zip(quoted, [*signs, ""], strict=True) for text in pair)).tree
    if (
        isinstance(tree, Clauses)
        and len(tree.must) == 1
        and not (tree.should or tree.must_not or tree.filters)
    ):
        return tree.must[0]
    return tree


def tree_of(topic: Topic) -> Node:
    """The topic as a clause: any of its phrases, none of the sense's exclusions, or a seed passage."""
    parts: list[Node] = []
    for sense in topic.senses:
        excluded = tuple(clause(phrase) for phrase in sense.exclude)
        found = tuple(node for phrase in sense.phrases if not isinstance(node := clause(phrase), Nothing))
        if found:
            parts.append(Clauses((), found, excluded))
    parts += [Clauses((), (), (), (Filter("passage", "is", seed),)) for seed in topic.seeds]
    return Clauses((), tuple(parts)) if parts else Nothing()


def leaves_of(topic: Topic) -> list[Node]:
    """The words, phrases and patterns that a topic looks for."""
    return [leaf for phrase in topic.phrases for leaf in marked_leaves(clause(phrase))]


def leaf_words(leaves: Iterable[Node]) -> list[Word]:
    """The words of leaves, those within phrases too, as often as they stand there."""
    found: list[Word] = []
    for leaf in leaves:
        if isinstance(leaf, Word):
            found.append(leaf)
        elif isinstance(leaf, Phrase):
            found.extend(leaf.words)
    return found
