"""Why a search does not give a passage: the clause, stem, field, scope or cut-off that keeps it out."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import Any

from essaysearch.columnar.evaluate import Best, Evaluation
from essaysearch.columnar.roots import root_of
from essaysearch.columnar.scopes import same_mask
from essaysearch.columnar.snapshot import Snapshot, View
from essaysearch.model import VOICES
from essaysearch.search.asking import Search
from essaysearch.search.explaining import name_of
from essaysearch.search.grouping import group_key
from essaysearch.search.searching import everything
from essaysearch.search.understanding import Understood
from essaysearch.tree import AnyFilter, Clauses, Expand, Filter, Node, Phrase, Same, Word


def place_of(
    snapshot: Snapshot,
    search: Search,
    understood: Understood,
    passage_id: str,
    kernels: Any,
    copies: Mapping[str, int] | None = None,
) -> int | None:
    """The place at which a search has a passage, from 1, wherever its pages are cut; None for nowhere.

    Raises `UnknownId`.
    """
    search.check()
    wanted = snapshot.locate(passage_id)
    found = everything(snapshot, search, understood, kernels, copies)
    places = zip(count(1), found.best, strict=False)
    return next((place for place, best in places if (best.view, best.number) == wanted), None)


def why_not(
    snapshot: Snapshot,
    search: Search,
    understood: Understood,
    passage_id: str,
    kernels: Any,
    copies: Mapping[str, int] | None = None,
) -> list[str]:
    """Sentences that name what keeps a passage out of a search's hits; empty where nothing does.

    Raises `UnknownId`.
    """
    search.check()
    view, number = snapshot.locate(passage_id)
    evaluation = Evaluation(snapshot, understood.tree)
    by_words = number in evaluation.matches(view).docs
    if not by_words and search.encoder is None:
        return _reasons(evaluation, view, evaluation.tree, number) or ["The query asks for nothing."]
    place = place_of(snapshot, search, understood, passage_id, kernels, copies)
    if place is None and not by_words:
        return _reasons(evaluation, view, evaluation.tree, number) or ["The query asks for nothing."]
    if place is None:
        return _behind(snapshot, search, understood, Best(0.0, view, number), kernels, copies)
    if place <= search.offset:
        return [f"It stands in place {place:,}, and the hits shown begin with place {search.offset + 1:,}."]
    if search.k is not None and place > search.offset + search.k:
        last = search.offset + search.k
        return [
            f"It is found, in place {place:,}, and the hits shown end with place {last:,}:"
            f" ask for {place - search.offset:,} of them, or narrow the search."
        ]
    return []


def _behind(
    snapshot: Snapshot,
    search: Search,
    understood: Understood,
    missed: Best,
    kernels: Any,
    copies: Mapping[str, int] | None,
) -> list[str]:
    """Which passage stands for one that is found and yet no hit."""
    reasons = []
    own = group_key(search.group, missed) if search.group != "passage" else None
    copied = copies.get(_id(missed)) if copies is not None else None
    for place, best in enumerate(everything(snapshot, search, understood, kernels, copies).best, 1):
        if own is not None and group_key(search.group, best) == own:
            reasons.append(
                f"It is found, but of its {search.group} only the best passage is a hit:"
                f" {_id(best)}, in place {place:,}."
            )
        elif copied is not None and copies is not None and copies.get(_id(best)) == copied:
            reasons.append(
                "It is found, but near-duplicates are collapsed, and the best of them is"
                f" {_id(best)}, in place {place:,}."
            )
    return reasons or ["It is found, but another passage of its group stands for it."]


def _id(best: Best) -> str:
    return best.view.segment.passage_id(best.number)


def _matches(evaluation: Evaluation, view: View, node: Node, number: int) -> bool:
    return bool(evaluation.mask(view, node)[number])


def _reasons(evaluation: Evaluation, view: View, node: Node, number: int) -> list[str]:
    if not isinstance(node, Clauses):
        return [_reason(evaluation, view, node, number)]
    reasons = [
        _reason(evaluation, view, c, number) for c in node.must if not _matches(evaluation, view, c, number)
    ]
    reasons += [
        _reason(evaluation, view, c, number)
        for c in node.filters
        if not _matches(evaluation, view, c, number)
    ]
    reasons += [
        f"It matches `{name_of(c)}`, which the query excludes."
        for c in node.must_not
        if _matches(evaluation, view, c, number)
    ]
    if not node.must and node.should and not any(_matches(evaluation, view, c, number) for c in node.should):
        reasons.append("It matches none of the words, of which at least one is needed:")
        reasons += [_reason(evaluation, view, c, number) for c in node.should]
    return reasons


def _reason(evaluation: Evaluation, view: View, node: Node, number: int) -> str:
    shown = name_of(node)
    if isinstance(node, Word):
        if not evaluation.snapshot.df(node.term):
            return f"`{shown}`: no passage of the library has this word (its stem is `{node.term}`)."
        if node.fields is not None and _matches(evaluation, view, Word(node.text, node.term), number):
            return f"`{shown}`: it has the word, but not in {' or '.join(node.fields)}."
        if node.exact and _matches(evaluation, view, Word(node.text, node.term, node.fields), number):
            return f"`{shown}`: it has the word in another form only, and `exact:` asks for this one."
        return f"`{shown}`: it has no word with the stem `{node.term}`."
    if isinstance(node, Phrase):
        lacking = [w.text for w in node.words if not _matches(evaluation, view, Word(w.text, w.term), number)]
        if lacking:
            return f"`{shown}`: it has no word like {', '.join(f'`{w}`' for w in lacking)}."
        if node.fields is not None and _matches(
            evaluation, view, Phrase(node.words, node.slop, node.ordered), number
        ):
            return f"`{shown}`: it has the phrase, but not in {' or '.join(node.fields)}."
        how = "near enough" if node.slop else "side by side in this order"
        return f"`{shown}`: it has all of the words, but they do not stand {how}."
    if isinstance(node, Expand):
        return f"`{shown}`: none of its words matches the pattern."
    if isinstance(node, Same):
        if not same_mask(evaluation, view, node)[number]:
            return f"`{shown}`: there is no {node.scope} around it in which all of this holds."
        return f"`{shown}`: this very passage has none of the words."
    if isinstance(node, Clauses):
        inner = " ".join(_reasons(evaluation, view, node, number))
        return f"`{shown}`: {inner}"
    return f"It does not meet the condition `{shown}`: {_told(view, node, number)}."


def _told(view: View, node: Node, number: int) -> str:
    """What the passage, or its document, has in the fields of a condition."""
    if isinstance(node, AnyFilter):
        told = (_told(view, child, number) for child in node.filters)
        return "; ".join(dict.fromkeys(told))
    if not isinstance(node, Filter):
        return "it matches no part of it"
    segment = view.segment
    document = segment.document(int(segment.doc_of[number]), with_text=False)
    values: dict[str, Any] = {
        "passage": segment.passage_id(number),
        "voice": VOICES[int(segment.column("voice")[number])],
        "author": ", ".join(document.authors),
        "category": ", ".join(document.categories),
        "year": document.date,
        "replyto": document.parent,
        "thread": root_of(view, int(segment.doc_of[number])),
    }
    if node.op == "has":
        return f"it has no {node.field}"
    value = values.get(node.field, getattr(document, node.field, None))
    return f"its {node.field} is {value}" if value not in (None, "") else f"it has no {node.field}"
