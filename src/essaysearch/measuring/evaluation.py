"""How good a ranking is: runs over a test collection, measures by their standard names, significance.

Measures come from ``ir_measures`` (the extra ``eval``), so their names and definitions are those
of the field; gains are linear. What is evaluated is any function from a query's text and a depth
to (document id, score): the library's search, a peer's, a prototype's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from essaysearch.errors import EssaysearchError, ExtraMissing
from essaysearch.measuring.judgments import Collection, Run
from essaysearch.text.analysis import tokens

Search = Callable[[str, int], Iterable[tuple[str, float]]]
"""From a query's text and a number of documents to (document id, score), best first."""

MEASURES = ("nDCG@10", "AP", "R@100", "P@10", "RR")
"""The measures reported unless others are asked for."""

DEPTH = 1000
"""Documents ranked a query, as in TREC."""

_RESAMPLES = 20_000
_SHOWN = 3


class UnknownMeasure(EssaysearchError):
    """``ir_measures`` knows no measure of this name, or cannot compute it here."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The measures of a run.

    ``by_query`` has a row for each query with a relevant judgment, in the collection's order;
    ``means`` average over those rows (0.0 where there are none).
    """

    means: Mapping[str, float]
    by_query: Mapping[str, Mapping[str, float]]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs, query by query, in one measure; differences are second minus first.

    ``p`` is the two-sided probability of a mean difference at least this large if the two runs
    were exchangeable on every query; ``low`` and ``high`` bound the mean difference with 95 %
    confidence (bootstrap over queries).
    """

    measure: str
    first: float
    second: float
    difference: float
    low: float
    high: float
    p: float
    better: int
    equal: int
    worse: int


def plain_words(text: str) -> str:
    """The words of a text as a query of plain words: quotes, colons and signs mean nothing in it.

    The queries of a collection are natural language, written without essaysearch's operators in
    mind; give their text through this to a search that reads a query language.

    >>> plain_words('Is "display: none" +1 OR -1?')
    'is display none 1 or 1'
    """
    return " ".join(token.surface for token in tokens(text))


def rank(collection: Collection, search: Search, depth: int = DEPTH) -> tuple[dict[str, Any], list[str]]:
    """The run of a search over the judged queries, and sentences on what was odd in it.

    Documents that a query excludes are left out, and the ranking is still ``depth`` deep. A
    document given twice keeps its better place.
    """
    run: dict[str, list[tuple[str, float]]] = {}
    repeated: list[str] = []
    rising: list[str] = []
    for query in collection.judged_queries:
        if not query.text.strip():
            run[query.id] = []
            continue
        ranking: dict[str, float] = {}
        last = np.inf
        for document, score in search(query.text, depth + len(query.exclude)):
            if document in ranking:
                repeated.append(query.id)
                continue
            if score > last:
                rising.append(query.id)
            last = score
            if document not in query.exclude:
                ranking[document] = score
        run[query.id] = list(ranking.items())[:depth]
    warnings = [
        f"{sentence}: {len(dict.fromkeys(ids))} queries ({', '.join(list(dict.fromkeys(ids))[:_SHOWN])} …)."
        for ids, sentence in (
            (repeated, "The search gave a document more than once, the better place counts"),
            (rising, "The search gave scores that rise down the ranking, its order counts"),
        )
        if ids
    ]
    return run, warnings


def without_excluded(collection: Collection, run: Run) -> Run:
    """A run without the documents that its queries exclude."""
    barred = {query.id: query.exclude for query in collection.queries if query.exclude}
    return {q: [row for row in ranking if row[0] not in barred.get(q, ())] for q, ranking in run.items()}


def measure(collection: Collection, run: Run, measures: Sequence[str] = MEASURES) -> Evaluation:
    """The measures of a run, over the queries that have at least one relevant judgment.

    The order of the run counts, not its scores, so that ties stay as they were broken. A query
    that the run lacks counts 0; negative grades count as 0. Raises `ExtraMissing` without
    ``ir_measures`` and `UnknownMeasure` for a name it does not know.
    """
    queries = [query.id for query in collection.judged_queries]
    parsed = _parsed(measures)
    qrels = {q: {d: max(0, grade) for d, grade in collection.qrels[q].items()} for q in queries}
    placed = {
        q: {document: -float(place) for place, (document, _) in enumerate(run[q])}
        for q in queries
        if run.get(q)
    }
    by_query = {q: dict.fromkeys(parsed, 0.0) for q in queries}
    if placed:
        for row in _values(list(parsed.values()), {q: qrels[q] for q in placed}, placed):
            for name in (name for name, value in parsed.items() if value == row.measure):
                by_query[row.query_id][name] = float(row.value)
    foreign = [q for q in run if q not in by_query]
    warnings = (f"{len(foreign)} queries of the run have no relevant judgment and do not count.",)
    means = {
        name: float(np.mean([row[name] for row in by_query.values()])) if by_query else 0.0 for name in parsed
    }
    return Evaluation(means, by_query, warnings if foreign else ())


def compare(first: Evaluation, second: Evaluation, name: str, seed: int = 0) -> Comparison:
    """Two evaluations over the queries they share, in one measure, with a paired randomisation test.

    Source: M. Smucker, J. Allan, B. Carterette: A Comparison of Statistical Significance Tests
    for Information Retrieval Evaluation (CIKM 2007). The same seed gives the same figures.
    """
    shared = [query for query in first.by_query if query in second.by_query]
    if not shared:
        raise EssaysearchError("The two runs share no query with a relevant judgment, so nothing compares.")
    a = np.array([first.by_query[query][name] for query in shared])
    b = np.array([second.by_query[query][name] for query in shared])
    differences = b - a
    mean = float(differences.mean())
    random = np.random.default_rng(seed)
    as_large, resampled = 0, []
    for _ in range(_RESAMPLES // 1000):
        signs = random.integers(0, 2, (1000, len(shared)), dtype=np.int8) * 2 - 1
        as_large += int((np.abs(signs @ differences) / len(shared) >= abs(mean) - 1e-12).sum())
        drawn = random.integers(0, len(shared), (1000, len(shared)))
        resampled.append(differences[drawn].mean(axis=1))
    low, high = np.quantile(np.concatenate(resampled), (0.025, 0.975))
    return Comparison(
        name,
        float(a.mean()),
        float(b.mean()),
        mean,
        float(low),
        float(high),
        (as_large + 1) / (_RESAMPLES + 1),
        int((differences > 1e-12).sum()),
        int((np.abs(differences) <= 1e-12).sum()),
        int((differences < -1e-12).sum()),
    )


def report(collection: Collection, search: Search, measures: Sequence[str] = MEASURES) -> dict[str, Any]:
    """The contract's ``eval --format json`` for a search over a collection."""
    run, odd = rank(collection, search)
    return report_run(collection, run, measures, odd)


def report_run(
    collection: Collection, run: Run, measures: Sequence[str] = MEASURES, warnings: Sequence[str] = ()
) -> dict[str, Any]:
    """The contract's ``eval --format json`` for a run that exists already."""
    result = measure(collection, run, measures)
    return {
        "schema": 1,
        "collection": collection.name,
        "documents": len(collection.document_ids),
        "queries": len(result.by_query),
        "measures": dict(result.means),
        "warnings": [*collection.warnings, *warnings, *result.warnings],
    }


def table(collection: Collection, result: Evaluation) -> list[dict[str, str | float]]:
    """A row a query: its id, its text and its measures, in the collection's order."""
    texts = {query.id: query.text for query in collection.queries}
    return [{"query": q, "text": texts.get(q, ""), **values} for q, values in result.by_query.items()]


def _ir_measures() -> Any:
    try:
        import ir_measures
    except ImportError as error:
        raise ExtraMissing(
            "Evaluation needs ir_measures, which is not installed: pip install 'essaysearch[eval]'."
        ) from error
    return ir_measures


def _parsed(measures: Sequence[str]) -> dict[str, Any]:
    parse = _ir_measures().parse_measure
    parsed = {}
    for name in measures:
        try:
            parsed[name] = parse(name)
        except (NameError, ValueError, SyntaxError, TypeError, KeyError) as error:
            raise UnknownMeasure(
                f"{name}: is no measure that ir_measures knows; name one such as {', '.join(MEASURES)}."
            ) from error
    return parsed


def _values(measures: list[Any], qrels: Mapping[str, Any], run: Mapping[str, Any]) -> Iterable[Any]:
    try:
        return list(_ir_measures().iter_calc(measures, qrels, run))
    except ValueError as error:
        wanted = ", ".join(map(str, measures))
        raise UnknownMeasure(f"ir_measures cannot compute one of {wanted} here: {error}.") from error
