"""`kwic`, `collocates`, `keyness`, `years`, `timeline`: words in their contexts, for what a query finds."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import click

from essaysearch.cli.app import NOTHING, QueryCommand, finish, index_option, text_argument
from essaysearch.cli.completing import complete_query
from essaysearch.cli.searching import query_options, say_warnings
from essaysearch.formats.facts import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from essaysearch.concordance.kwic import Line
    from essaysearch.concordance.tables import Table
    from essaysearch.concordance.years import Years

_FORMATS = click.Choice(["text", "json", "csv"])


def table_options(command: Any) -> Any:
    """--format and --plot."""
    rows = (
        click.option("--format", "format_", type=_FORMATS, default="text", show_default=True),
        click.option("--plot", metavar="FILE", help="Also draw it, as FILE.png or FILE.svg."),
    )
    for option in reversed(rows):
        command = option(command)
    return command


@click.command(cls=QueryCommand)
@click.argument("query", shell_complete=complete_query)
@index_option
@click.option(
    "--width", default=50, show_default=True, type=click.IntRange(5, 500), help="Characters on each side."
)
@click.option(
    "--sort",
    default="place",
    show_default=True,
    help="By place, left, right, match, voice, kind, author or date, or several apart by commas.",
)
@click.option("-k", "k", type=click.IntRange(0), help="How many, not all.")
@query_options
@table_options
def kwic(
    query: str,
    index: str,
    width: int,
    sort: str,
    k: int | None,
    format_: str,
    plot: str | None,
    **options: Any,
) -> None:
    """Show every occurrence of what a query asks for, in its context."""
    from essaysearch.library import open_library

    lines = open_library(index, fast=False).kwic(text_argument(query), width, sort, **options)[:k]
    _show(query, lines, format_, plot, (_kwic_line(line, width) for line in lines))


def _kwic_line(line: Line, width: int) -> str:
    who = f"{(line.authors or ('?',))[0]} {(line.date or 'undated')[:10]}"
    return plain(f"{line.left:>{width}}  {line.match}  {line.right:<{width}}  {who[:40]}  {line.passage_id}")


@click.command(cls=QueryCommand)
@click.argument("query", shell_complete=complete_query)
@index_option
@click.option("--measure", default="log-likelihood", show_default=True, help="log-likelihood, pmi or t.")
@click.option(
    "--window", default=5, show_default=True, type=click.IntRange(1, 50), help="Words on each side."
)
@click.option("--least", default=3, show_default=True, type=click.IntRange(1), help="Times met, at least.")
@click.option("--stop-words", is_flag=True, help="Very common words too.")
@click.option("-k", "k", default=30, show_default=True, type=click.IntRange(0), help="How many.")
@query_options
@table_options
def collocates(query: str, index: str, k: int, format_: str, plot: str | None, **options: Any) -> None:
    """List the words met near what a query asks for."""
    from essaysearch.library import open_library

    rows = open_library(index, fast=False).collocates(text_argument(query), **options)[:k]
    _show(
        query,
        rows,
        format_,
        plot,
        (f"{row.score:10.2f}  {row.count:6} of {row.total:<7} {row.word}" for row in rows),
    )


@click.command(cls=QueryCommand)
@click.argument("query", shell_complete=complete_query)
@click.argument("other", required=False, shell_complete=complete_query)
@index_option
@click.option("--least", default=3, show_default=True, type=click.IntRange(1), help="Times met, at least.")
@click.option("-k", "k", default=30, show_default=True, type=click.IntRange(0), help="How many.")
@query_options
@table_options
def keyness(
    query: str, other: str | None, index: str, k: int, format_: str, plot: str | None, **options: Any
) -> None:
    """List the words that what QUERY finds has more of than what OTHER finds (or than all the rest).

    --narrow narrows both.
    """
    from essaysearch.library import open_library

    against = text_argument(other) if other is not None else None
    rows = open_library(index, fast=False).keyness(text_argument(query), against, **options)[:k]
    _show(
        query,
        rows,
        format_,
        plot,
        (f"{row.score:10.2f}  {row.count:6} : {row.other:<7} {row.word}" for row in rows),
    )


@click.command(cls=QueryCommand)
@click.argument("query", shell_complete=complete_query)
@index_option
@click.option("--author", help="Only passages by this author.")
@query_options
@table_options
def timeline(
    query: str, index: str, author: str | None, format_: str, plot: str | None, **options: Any
) -> None:
    """Count by year the passages of own words that a query finds.

    What was posted twice counts once; the undated are counted apart.
    """
    from essaysearch.library import open_library

    library = open_library(index, fast=False)
    rows = library.timeline(text_argument(query), text_argument(author) if author else None, **options)
    _years(query, rows, format_, plot)


@click.command(cls=QueryCommand)
@click.argument("query", shell_complete=complete_query)
@index_option
@query_options
@table_options
def years(query: str, index: str, format_: str, plot: str | None, **options: Any) -> None:
    """Count by year the passages that a query finds; the undated are counted apart."""
    from essaysearch.library import open_library

    _years(query, open_library(index, fast=False).by_year(text_argument(query), **options), format_, plot)


def _years(query: str, rows: Years, format_: str, plot: str | None) -> None:
    lines = [f"{year or 'undated':>7}  {count}" for year, count in rows]
    _show(query, rows, format_, plot, [*lines, rows.sparkline] if rows.sparkline else lines)


def _show(query: str, rows: Table[Any], format_: str, plot: str | None, lines: Iterable[str]) -> None:
    """Rows as ``lines`` or for programs, before that their picture; ends the run where there are none."""
    say_warnings(text_argument(query), rows.warnings)
    if plot:
        rows.plot().save(plot)
    if format_ == "json":
        click.echo(json.dumps(rows.to_dict(), ensure_ascii=False))
    elif format_ == "csv" and rows:
        click.echo(_csv(rows), nl=False)
    elif format_ == "text":
        for line in lines:
            click.echo(line)
    if not rows:
        click.echo("Nothing found.", err=True)
        finish(NOTHING)


def _csv(rows: Table[Any]) -> str:
    from essaysearch.formats.data import safe_cell

    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(rows.columns)
    for row in rows:
        values = ("; ".join(v) if isinstance(v, tuple) else v for v in rows.values_of(row))
        writer.writerow([safe_cell(value) for value in values])
    return buffer.getvalue()
