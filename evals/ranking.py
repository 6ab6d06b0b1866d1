"""Retrieval quality of essaysearch beside its peers, on the same data, with the same measures.

    python evals/ranking.py [--collections DIR] [--save] [--fresh] [NAME ...]

Prints a table of measures with the ratio of nDCG@10 to the best peer, and the paired test of that
difference. Runs of the peers are kept in ``evals/runs/`` (not in git) and computed anew with
``--fresh`` or when their version changes; ours is always computed anew.
"""

from __future__ import annotations

import argparse
import datetime
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "src")]

import peers  # noqa: E402

from essaysearch.measuring import evaluation, judgments  # noqa: E402
from essaysearch.measuring.evaluation import Evaluation, Search  # noqa: E402
from essaysearch.model import Document  # noqa: E402

COLLECTIONS = HERE.parents[1] / "shared" / "collections"
NAMES = ("cranfield", "cisi", "cacm", "scifact", "arguana")
FIRST = "nDCG@10"
DEPTH = 1000


def ours(documents: Iterable[Document], expand: bool = False) -> Search:
    """essaysearch as a user has it: a library of these documents, searched by document."""
    from essaysearch import open_library

    library = open_library(tempfile.mkdtemp(prefix="essaysearch-evals-"), create=True)
    library.add(documents)

    def search(text: str, k: int) -> list[tuple[str, float]]:
        return library.documents(evaluation.plain_words(text), k)

    return search


def peer_run(name: str, collection: judgments.Collection, fresh: bool) -> judgments.Run:
    kept = HERE / "runs" / f"{collection.name}.{peers.named(name).replace(' ', '-')}.run"
    if fresh or not kept.exists():
        search = peers.PEERS[name](judgments.documents(collection))
        run, _ = evaluation.rank(collection, search, DEPTH)
        kept.parent.mkdir(exist_ok=True)
        judgments.write_run(kept, run, name)
    return judgments.read_run(kept)


def row(label: str, result: Evaluation, best: float) -> str:
    cells = [f"{value:.4f}" for value in result.means.values()]
    return f"| {label} | " + " | ".join(cells) + f" | {result.means[FIRST] / best:.3f} |"


def tables(names: list[str], root: Path, fresh: bool) -> Iterable[str]:
    """The lines of the report, as Markdown."""
    ratios = []
    for name in names:
        collection = judgments.read_collection(root / name)
        documents, queries = len(collection.document_ids), len(collection.judged_queries)
        yield f"\n### {name}: {documents} documents, {queries} queries\n"
        yield "| | " + " | ".join(evaluation.MEASURES) + f" | {FIRST} / best peer |"
        yield "|" + "---|" * (len(evaluation.MEASURES) + 2)
        results = {p: evaluation.measure(collection, peer_run(p, collection, fresh)) for p in peers.PEERS}
        leader = max(results, key=lambda p: results[p].means[FIRST])
        best = results[leader].means[FIRST]
        run, odd = evaluation.rank(collection, ours(judgments.documents(collection)), DEPTH)
        mine = evaluation.measure(collection, run)
        judgments.write_run(HERE / "runs" / f"{name}.essaysearch.run", run)
        yield row("**essaysearch**", mine, best)
        for peer, result in results.items():
            yield row(peers.named(peer), result, best)
        test = evaluation.compare(results[leader], mine, FIRST)
        yield (
            f"\nAgainst {leader}: {test.difference:+.4f} (95 % {test.low:+.4f} to {test.high:+.4f}, "
            f"p {test.p:.4f}); better on {test.better} queries, equal on {test.equal}, worse on {test.worse}."
        )
        yield from (f"\n{sentence}" for sentence in odd)
        ratios.append(mine.means[FIRST] / best)
    yield f"\nRatios of {FIRST} to the best peer: mean {np.mean(ratios):.4f}, least {min(ratios):.3f}."


def heading(program: str, arguments: list[str]) -> str:
    commit = subprocess.run(
        ["git", "-C", str(HERE), "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    ).stdout.strip()
    versions = ", ".join(peers.named(peer) for peer in peers.PEERS)
    return (
        f"# {program.capitalize()}, {datetime.date.today().isoformat()}\n\n"
        f"`{' '.join(['python', f'evals/{program}.py', *arguments])}` at commit {commit or 'unknown'}; "
        f"Python {platform.python_version()}, {versions}.\n"
    )


def keep(program: str, lines: list[str]) -> None:
    """Writes a report under its date."""
    (HERE / "results").mkdir(exist_ok=True)
    at = HERE / "results" / f"{datetime.date.today().isoformat()}-{program}.md"
    at.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("names", nargs="*", default=list(NAMES))
    parser.add_argument("--collections", type=Path, default=COLLECTIONS)
    parser.add_argument("--save", action="store_true", help="keep the report under evals/results/")
    parser.add_argument("--fresh", action="store_true", help="compute the peers' runs anew")
    options = parser.parse_args()
    lines = [heading("ranking", sys.argv[1:])]
    print(lines[0])
    for line in tables(options.names, options.collections, options.fresh):
        print(line, flush=True)
        lines.append(line)
    if options.save:
        keep("ranking", lines)


if __name__ == "__main__":
    main()
