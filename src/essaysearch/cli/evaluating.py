"""`eval`: how well the search ranks a test collection."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import click

from essaysearch.cli.app import format_option


@click.command("eval")
@click.argument("dir", type=click.Path())
@click.option(
    "--measure", "measures", multiple=True, metavar="NAME", help="A measure of ir_measures; may be repeated."
)
@click.option("--save-run", type=click.Path(), metavar="FILE", help="Write the ranking as a TREC run.")
@format_option
def evaluate(dir: str, measures: tuple[str, ...], save_run: str | None, format_: str) -> None:
    """Measure the ranking on a test collection.

    DIR holds a collection in the BEIR layout (corpus.jsonl, queries.jsonl, qrels.tsv) or the TREC
    layout. Its documents go into an index of their own, for this run. Needs the extra `eval`.
    """
    from essaysearch.library import open_library
    from essaysearch.measuring.evaluation import MEASURES, measure, plain_words, rank, report_run
    from essaysearch.measuring.judgments import documents, read_collection, write_run

    collection = read_collection(dir)
    wanted = measures or MEASURES
    measure(collection, {}, wanted)  # a measure that nobody knows is said before the work
    with tempfile.TemporaryDirectory(prefix="essaysearch-eval-") as place:
        library = open_library(Path(place) / "index", create=True)
        library.add(documents(collection))
        run, odd = rank(collection, lambda text, depth: library.documents(plain_words(text), depth))
    if save_run:
        write_run(save_run, run)
    told = report_run(collection, run, wanted, odd)
    if format_ == "json":
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    click.echo(f"{told['collection']}: {told['documents']:,} documents, {told['queries']:,} queries")
    for name, value in told["measures"].items():
        click.echo(f"{name:<10} {value:.4f}")
    for warning in told["warnings"]:
        click.echo(warning, err=True)
