"""`eval`: how well the search ranks a test collection."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from essaysearch.cli.app import format_option

if TYPE_CHECKING:
    from essaysearch.measuring.judgments import Collection, Run


@click.command("eval")
@click.argument("dir", type=click.Path())
@click.option(
    "--measure", "measures", multiple=True, metavar="NAME", help="A measure of ir_measures; may be repeated."
)
@click.option("--expand", is_flag=True, help="Rank with the words that the first results share.")
@click.option(
    "--run", "run_file", type=click.Path(), metavar="FILE", help="Measure this TREC run instead of ours."
)
@click.option(
    "--compare",
    type=click.Path(),
    metavar="FILE",
    help="Test the difference from this TREC run, query by query.",
)
@click.option("--queries", is_flag=True, help="A row for each query too.")
@click.option("--save-run", type=click.Path(), metavar="FILE", help="Write the ranking as a TREC run.")
@format_option
def evaluate(
    dir: str,
    measures: tuple[str, ...],
    expand: bool,
    run_file: str | None,
    compare: str | None,
    queries: bool,
    save_run: str | None,
    format_: str,
) -> None:
    """Measure the ranking on a test collection.

    DIR holds a collection in the BEIR layout (corpus.jsonl, queries.jsonl, qrels.tsv) or the TREC
    layout. Its documents go into an index of their own, for this run, and are ranked as `search
    --group document` ranks them. Needs the extra `eval`.
    """
    from essaysearch.measuring import evaluation
    from essaysearch.measuring.judgments import read_collection, read_run, write_run

    collection = read_collection(dir)
    wanted = measures or evaluation.MEASURES
    evaluation.measure(collection, {}, wanted)  # a measure that nobody knows is said before the work
    odd: list[str] = []
    other = evaluation.without_excluded(collection, read_run(compare, odd)) if compare else None
    if run_file:
        run: Run = evaluation.without_excluded(collection, read_run(run_file, odd))
    else:
        run, found_odd = _ranked(collection, expand)
        odd += found_odd
    if save_run:
        write_run(save_run, run)
    told = evaluation.report_run(collection, run, wanted, odd)
    result = evaluation.measure(collection, run, wanted)
    if other is not None:
        first = evaluation.measure(collection, other, wanted)
        told["compared"] = [asdict(evaluation.compare(first, result, name)) for name in wanted]
    if queries:
        told["by_query"] = evaluation.table(collection, result)
    if format_ == "json":
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for line in _lines(told):
        click.echo(line)
    for warning in told["warnings"]:
        click.echo(warning, err=True)


def _ranked(collection: Collection, expand: bool) -> tuple[dict[str, Any], list[str]]:
    """The collection's documents in a library of their own, its queries searched there."""
    from essaysearch.library import open_library
    from essaysearch.measuring.evaluation import plain_words, rank
    from essaysearch.measuring.judgments import documents

    with tempfile.TemporaryDirectory(prefix="essaysearch-eval-") as place:
        library = open_library(Path(place) / "index", create=True)
        library.add(documents(collection))
        return rank(collection, lambda text, depth: library.documents(plain_words(text), depth, expand))


def _lines(told: dict[str, Any]) -> Iterator[str]:
    yield f"{told['collection']}: {told['documents']:,} documents, {told['queries']:,} queries"
    for name, value in told["measures"].items():
        yield f"{name:<10} {value:.4f}"
    for row in told.get("compared", ()):
        yield (
            f"{row['measure']:<10} {row['first']:.4f} → {row['second']:.4f}, {row['difference']:+.4f} (95 % "
            f"{row['low']:+.4f} to {row['high']:+.4f}, p {row['p']:.4f}); better on {row['better']} queries, "
            f"equal on {row['equal']}, worse on {row['worse']}"
        )
    if told.get("by_query"):
        names = list(told["measures"])
        yield ""
        yield "\t".join(("query", *names, "text"))
        for row in told["by_query"]:
            yield "\t".join(
                (row["query"], *(f"{row[name]:.4f}" for name in names), " ".join(row["text"].split()))
            )
