"""What expansion gains and loses: plain BM25, the default ranking, and the default with --expand.

    python evals/expansion.py [--collections DIR] [--save] [NAME ...]

Plain BM25 is one field of title and text, k1 1.2, b 0.75, the product's own analysis, no
proximity. AP counts; the bars are 1.10 times plain BM25 on cranfield and cisi, and 0.99 times the
default on every other collection.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from ranking import COLLECTIONS, DEPTH, NAMES, heading, keep, ours

from essaysearch.measuring import evaluation, judgments
from essaysearch.measuring.evaluation import Search
from essaysearch.model import Document
from essaysearch.text import analysis

FIRST = "AP"


def query_words(text: str) -> list[str]:
    """The terms of a query, without stop words unless there is nothing else."""
    tokens = analysis.tokens(text)
    kept = [token.term for token in tokens if token.surface not in analysis.STOP_WORDS]
    return kept or [token.term for token in tokens]


def plain_bm25(documents: Iterable[Document], k1: float = 1.2, b: float = 0.75) -> Search:
    """Robertson's BM25 over one field, exhaustively."""
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
        scores = np.zeros(len(held))
        for term, times in Counter(query_words(text)).items():
            if term in arrays:
                at, count = arrays[term]
                idf = np.log1p((len(held) - len(at) + 0.5) / (len(at) + 0.5))
                scores[at] += times * idf * (k1 + 1) * count / (count + norms[at])
        order = np.argsort(-scores, kind="stable")[:k]
        return [(held[at].id, float(scores[at])) for at in order if scores[at] > 0]

    return search


def table(names: list[str], root: Path) -> Iterable[str]:
    yield "| | plain BM25 | default | expanded | / plain | / default | p | better, equal, worse |"
    yield "|" + "---|" * 8
    for name in names:
        collection = judgments.read_collection(root / name)
        results = []
        for build in (plain_bm25, ours, lambda documents: ours(documents, expand=True)):
            run, _ = evaluation.rank(collection, build(judgments.documents(collection)), DEPTH)
            results.append(evaluation.measure(collection, run, [FIRST]))
        plain, default, expanded = (result.means[FIRST] for result in results)
        test = evaluation.compare(results[1], results[2], FIRST)
        yield (
            f"| {name} | {plain:.4f} | {default:.4f} | {expanded:.4f} | {expanded / plain:.3f} | "
            f"{expanded / default:.3f} | {test.p:.4f} | {test.better}, {test.equal}, {test.worse} |"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("names", nargs="*", default=list(NAMES))
    parser.add_argument("--collections", type=Path, default=COLLECTIONS)
    parser.add_argument("--save", action="store_true", help="keep the report under evals/results/")
    options = parser.parse_args()
    lines = [heading("expansion", sys.argv[1:])]
    print(lines[0])
    for line in table(options.names, options.collections):
        print(line, flush=True)
        lines.append(line)
    if options.save:
        keep("expansion", lines)


if __name__ == "__main__":
    main()
