"""Retrieval quality of essaysearch beside its peers, on the same data, with the same measures.

    python evals/ranking.py [--collections DIR] [--save] [NAME ...]

For each collection: the default ranking and ``--expand`` beside plain BM25 and each peer in each of its
settings, the ratio of nDCG@10 to the best peer with a paired test of the difference, the ratios of AP
that expansion is held to, and the queries lost most. ``--save`` writes a section of
``evals/RESULTS.md`` for each collection as it is done, a dated copy under ``evals/results/``, and the
summary of all collections there. Runs of the peers are kept in
``evals/runs/`` (not in git); delete them to compute them anew. Ours are always computed anew.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "src")]

import peers  # noqa: E402
from report import heading, section, sections  # noqa: E402

from essaysearch import open_library  # noqa: E402
from essaysearch.measuring import evaluation, judgments  # noqa: E402
from essaysearch.measuring.evaluation import Comparison, Evaluation, Search  # noqa: E402
from essaysearch.model import Document  # noqa: E402
from essaysearch.text import analysis  # noqa: E402

COLLECTIONS = HERE.parents[1] / "shared" / "collections"
NAMES = ("cranfield", "cisi", "cacm", "scifact", "arguana")
FIRST = "nDCG@10"


def ours(documents: Iterable[Document]) -> tuple[Search, Search]:
    """essaysearch as a user has it: the default ranking by document, and the same with ``expand``."""
    library = open_library(tempfile.mkdtemp(prefix="essaysearch-evals-"), create=True, fast=True)
    library.add(documents)

    def default(text: str, k: int) -> list[tuple[str, float]]:
        return library.documents(evaluation.plain_words(text), k)

    def expanded(text: str, k: int) -> list[tuple[str, float]]:
        return library.documents(evaluation.plain_words(text), k, expand=True)

    return default, expanded


def plain_bm25(documents: Iterable[Document], k1: float = 1.2, b: float = 0.75) -> Search:
    """Robertson's BM25 over title and text as one field, our own words, no nearness, exhaustively."""
    held = sorted(documents, key=lambda document: document.id)
    texts = [Counter(analysis.terms(f"{document.title or ''} {document.text}")) for document in held]
    lengths = np.array([sum(counts.values()) for counts in texts], dtype=np.float64)
    norms = k1 * (1 - b + b * lengths / lengths.mean())
    postings: dict[str, list[tuple[int, int]]] = {}
    for at, counts in enumerate(texts):
        for term, count in counts.items():
            postings.setdefault(term, []).append((at, count))
    arrays = {term: np.array(rows).T for term, rows in postings.items()}

    def search(text: str, k: int) -> list[tuple[str, float]]:
        words = analysis.tokens(text)
        kept = [word.term for word in words if word.surface not in analysis.STOP_WORDS]
        scores = np.zeros(len(held))
        for term, times in Counter(kept or [word.term for word in words]).items():
            if term in arrays:
                at, count = arrays[term]
                idf = np.log1p((len(held) - len(at) + 0.5) / (len(at) + 0.5))
                scores[at] += times * idf * (k1 + 1) * count / (count + norms[at])
        order = np.argsort(-scores, kind="stable")[:k]
        return [(held[at].id, float(scores[at])) for at in order if scores[at] > 0]

    return search


def kept_run(label: str, collection: judgments.Collection, build: Callable[[], Search]) -> judgments.Run:
    """A peer's run, from before or computed now."""
    kept = HERE / "runs" / f"{collection.name}.{label.replace(' ', '-')}.run"
    if not kept.exists():
        run, _ = evaluation.rank(collection, build())
        kept.parent.mkdir(exist_ok=True)
        judgments.write_run(kept, run, label.replace(" ", "-"))
    return judgments.read_run(kept)


def row(label: str, result: Evaluation, best: float) -> str:
    cells = [f"{value:.4f}" for value in result.means.values()]
    return f"| {label} | " + " | ".join(cells) + f" | {result.means[FIRST] / best:.3f} |"


def told(test: Comparison) -> str:
    return (
        f"{test.difference:+.4f} (95 % {test.low:+.4f} to {test.high:+.4f}, p {test.p:.4f}); better on "
        f"{test.better} queries, equal on {test.equal}, worse on {test.worse}"
    )


def lost(first: Evaluation, second: Evaluation, name: str) -> str:
    """The queries on which the second loses most."""
    losses = sorted((second.by_query[q][name] - first.by_query[q][name], q) for q in first.by_query)[:3]
    return ", ".join(f"{query} ({loss:+.2f})" for loss, query in losses if loss < 0) or "none"


def collection_lines(name: str, root: Path) -> Iterator[str]:
    """The report on a collection, as Markdown."""
    collection = judgments.read_collection(root / name)
    documents, queries = len(collection.document_ids), len(collection.judged_queries)
    yield f"{documents} documents, {queries} queries\n"
    yield "| | " + " | ".join(evaluation.MEASURES) + f" | {FIRST} / best peer |"
    yield "|" + "---|" * (len(evaluation.MEASURES) + 2)
    results: dict[str, Evaluation] = {}
    for peer, settings in peers.PEERS.items():
        for setting, engine in settings.items():
            label = f"{peers.named(peer)}, {setting}"

            def build(engine: peers.Engine = engine) -> Search:
                return engine(judgments.documents(collection))

            results[label] = evaluation.measure(collection, kept_run(label, collection, build))
    leader = max(results, key=lambda label: results[label].means[FIRST])
    best = results[leader].means[FIRST]
    mine = {}
    for label, search in zip(("default", "expanded"), ours(judgments.documents(collection)), strict=True):
        run, odd = evaluation.rank(collection, search)
        mine[label] = evaluation.measure(collection, run)
        yield row(f"**essaysearch, {label}**", mine[label], best)
    plain = evaluation.measure(
        collection, evaluation.rank(collection, plain_bm25(judgments.documents(collection)))[0]
    )
    yield row("plain BM25 (k1 1.2, b 0.75)", plain, best)
    yield from (row(label, result, best) for label, result in results.items())
    against = evaluation.compare(results[leader], mine["default"], FIRST)
    yield f"\n{FIRST}, default against {leader}: {told(against)}."
    yield f"Queries lost most: {lost(results[leader], mine['default'], FIRST)}.\n"
    gained = evaluation.compare(mine["default"], mine["expanded"], "AP")
    yield f"AP, expanded against default: {told(gained)}."
    yield f"Queries lost most: {lost(mine['default'], mine['expanded'], 'AP')}."
    yield from (f"\n{sentence}" for sentence in (*collection.warnings, *odd))
    ap = {label: result.means["AP"] for label, result in (*mine.items(), ("plain", plain))}
    shares = mine["default"].means[FIRST] / best, ap["expanded"] / ap["plain"], ap["expanded"] / ap["default"]
    yield f"\nIn short: {FIRST} of the default / best peer {shares[0]:.4f}; "
    yield f"AP expanded / plain BM25 {shares[1]:.4f}; "
    yield f"AP expanded / default {shares[2]:.4f}."


def ratios() -> dict[str, list[float]]:
    """The ratios that RESULTS.md has: default / best peer, expansion / plain BM25, expansion / default."""
    rows = {}
    for name, text in sections("Ranking: "):
        numbers = re.search(r"best peer ([\d.]+);\s+AP .*? BM25 ([\d.]+);\s+AP .*? default ([\d.]+)\.", text)
        if numbers:
            rows[name] = [float(number) for number in numbers.groups()]
    return rows


def summary() -> list[str]:
    """The ratios of every collection that RESULTS.md has, and their mean."""
    rows = ratios()
    held = [f"| | {FIRST}, default / best peer | AP, expanded / plain BM25 | AP, expanded / default |"]
    held.append("|---|---|---|---|")
    held += [f"| {n} | " + " | ".join(f"{v:.3f}" for v in values) + " |" for n, values in rows.items()]
    first = [values[0] for values in rows.values()]
    return [
        *held,
        f"\nRatios of {FIRST} to the best peer: mean {np.mean(first):.4f}, least {min(first):.3f}.",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("names", nargs="*", default=list(NAMES))
    parser.add_argument("--collections", type=Path, default=COLLECTIONS)
    parser.add_argument("--save", action="store_true", help="keep the report in RESULTS.md and results/")
    options = parser.parse_args()
    for name in options.names:
        lines = [heading(f"python evals/ranking.py {name}", ("tantivy", "bm25s", "whoosh3"))]
        print(f"\n### {name}\n\n{lines[0]}")
        for line in collection_lines(name, options.collections):
            print(line, flush=True)
            lines.append(line)
        if options.save:
            section(f"Ranking: {name}", lines)
            section("Ranking in short", summary())


if __name__ == "__main__":
    main()
