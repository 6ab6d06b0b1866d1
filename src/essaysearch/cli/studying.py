"""`kwic`, `collocates`, `keyness`, `years`: words in their contexts, for what a query finds."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import click

from essaysearch.cli.app import NOTHING, finish, index_option, text_argument
from essaysearch.cli.completing import complete_query

_FORMATS = click.Choice(["text", "json", "csv"])
table_option = click.option("--format", "format_", type=_FORMATS, default="text", show_default=True)


@click.command()
@click.argument("query", shell_complete=complete_query)
@index_option
@click.option(
    "--width", default=50, show_default=True, type=click.IntRange(5, 500), help="Characters on each side."
)
@click.option("--sort", default="place", show_default=True, help="place, left or right.")
@table_option
def kwic(query: str, index: str, width: int, sort: str, format_: str) -> None:
    """Show every occurrence of what a query asks for, in its context.

    Narrow it as any search: `own:pause author:fenn`.
    """
    from essaysearch.library import open_library

    lines = open_library(index, fast=False).kwic(text_argument(query), width, sort)
    if format_ == "text":
        for line in lines:
            who = f"{(line.authors or ('?',))[0]} {line.date or 'undated'}"
            click.echo(
                f"{line.left:>{width}}  {line.match}  {line.right:<{width}}  {who[:40]}  {line.passage_id}"
            )
    else:
        _table([asdict(line) for line in lines], format_)
    _done(lines)


@click.command()
@click.argument("query", shell_complete=complete_query)
@index_option
@click.option("--measure", default="log-likelihood", show_default=True, help="log-likelihood, pmi or t.")
@click.option(
    "--window", default=5, show_default=True, type=click.IntRange(1, 50), help="Words on each side."
)
@click.option("--least", default=3, show_default=True, type=click.IntRange(1), help="Times met, at least.")
@click.option("-k", "k", default=30, show_default=True, type=click.IntRange(0), help="How many.")
@table_option
def collocates(query: str, index: str, measure: str, window: int, least: int, k: int, format_: str) -> None:
    """List the words met near what a query asks for."""
    from essaysearch.library import open_library

    rows = open_library(index, fast=False).collocates(text_argument(query), measure, window, least)[:k]
    if format_ == "text":
        for row in rows:
            click.echo(f"{row.score:10.2f}  {row.count:6} of {row.total:<7} {row.word}")
    else:
        _table([asdict(row) for row in rows], format_)
    _done(rows)


@click.command()
@click.argument("query", shell_complete=complete_query)
@click.argument("other", required=False, shell_complete=complete_query)
@index_option
@click.option("--least", default=3, show_default=True, type=click.IntRange(1), help="Times met, at least.")
@click.option("-k", "k", default=30, show_default=True, type=click.IntRange(0), help="How many.")
@table_option
def keyness(query: str, other: str | None, index: str, least: int, k: int, format_: str) -> None:
    """List the words that what QUERY finds has more of than what OTHER finds (or than all the rest)."""
    from essaysearch.library import open_library

    against = text_argument(other) if other is not None else None
    rows = open_library(index, fast=False).keyness(text_argument(query), against, least)[:k]
    if format_ == "text":
        for row in rows:
            click.echo(f"{row.score:10.2f}  {row.count:6} : {row.other:<7} {row.word}")
    else:
        _table([asdict(row) for row in rows], format_)
    _done(rows)


@click.command()
@click.argument("query", shell_complete=complete_query)
@index_option
@click.option("--author", help="Only passages by this author.")
@table_option
def timeline(query: str, index: str, author: str | None, format_: str) -> None:
    """Count by year the passages of own words that a query finds.

    What was posted twice counts once; the undated are counted apart.
    """
    from essaysearch.library import open_library

    library = open_library(index, fast=False)
    _years(library.timeline(text_argument(query), text_argument(author) if author else None), format_)


@click.command()
@click.argument("query", shell_complete=complete_query)
@index_option
@table_option
def years(query: str, index: str, format_: str) -> None:
    """Count by year the passages that a query finds; the undated are counted apart."""
    from essaysearch.library import open_library

    _years(open_library(index, fast=False).by_year(text_argument(query)), format_)


def _years(rows: list[tuple[int | None, int]], format_: str) -> None:
    from essaysearch.concordance import sparkline

    if format_ == "text":
        for year, count in rows:
            click.echo(f"{year or 'undated':>7}  {count}")
        dated = [count for year, count in rows if year is not None]
        if dated:
            click.echo(sparkline(dated))
    else:
        _table([{"year": year, "count": count} for year, count in rows], format_)
    _done(rows)


def _table(rows: list[dict[str, Any]], format_: str) -> None:
    if format_ == "json":
        click.echo(json.dumps({"schema": 1, "rows": rows}, ensure_ascii=False))
        return
    if not rows:
        return
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow(
            {name: "; ".join(value) if isinstance(value, tuple) else value for name, value in row.items()}
        )
    click.echo(buffer.getvalue(), nl=False)


def _done(rows: Sequence[Any]) -> None:
    if not rows:
        click.echo("Nothing found.", err=True)
        finish(NOTHING)
