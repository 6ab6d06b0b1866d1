"""`search` and `similar`: find passages."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from essaysearch.cli.app import DONE, NOTHING, QueryCommand, finish, index_option, text_argument
from essaysearch.cli.completing import (
    complete_facets,
    complete_format,
    complete_group,
    complete_query,
    complete_sort,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from essaysearch.library import Library
    from essaysearch.model import Hit
    from essaysearch.search.asking import Search
    from essaysearch.search.results import Results

_FACET_ROWS = 12
_WARNINGS = 8
_USUAL_COLUMNS = 80


def query_options(command: Any) -> Any:
    """The options on what a query means and which of what it finds counts, the same everywhere."""
    rows = (
        click.option(
            "--narrow",
            multiple=True,
            metavar="QUERY",
            shell_complete=complete_query,
            callback=lambda ctx, parameter, given: tuple(map(text_argument, given)),
            help="Only what matches this too; may be repeated.",
        ),
        click.option("--literal", is_flag=True, help="Search exactly what was typed, without operators."),
        click.option("--today", metavar="DAY", help="The day from which words such as last-month count."),
    )
    for option in reversed(rows):
        command = option(command)
    return command


def search_options(command: Any) -> Any:
    """The options on what is found, in which order, and where the hits begin and end."""
    rows = (
        click.option(
            "-k", "k", default=10, show_default=True, type=click.IntRange(min=0), help="How many hits."
        ),
        click.option(
            "--offset", default=0, show_default=True, type=click.IntRange(min=0), help="How many to skip."
        ),
        click.option("--all", "everything", is_flag=True, help="Every hit, however many there are."),
        click.option(
            "--group",
            default="passage",
            show_default=True,
            shell_complete=complete_group,
            help="One hit for each passage, document, thread, author or exchange.",
        ),
        click.option(
            "--sort",
            shell_complete=complete_sort,
            help="By relevance, date, karma, author or length; several apart by commas; -KEY turns round.",
        ),
        query_options,
        click.option("--collapse", is_flag=True, help="Of passages that say nearly the same only the best."),
        click.option("--expand", is_flag=True, help="Add words that the first results share, and show them."),
        click.option(
            "--expand-with",
            metavar="WORDS",
            help="Add these words instead, such as 'faking^0.3 scheming^0.1'.",
        ),
    )
    for option in reversed(rows):
        command = option(command)
    return command


def shown_options(command: Any) -> Any:
    """The options on what of the hits is shown, and how."""
    rows = (
        click.option(
            "--facets",
            shell_complete=complete_facets,
            help="Count the values of kind, author, year, category, source, voice over all matches.",
        ),
        click.option(
            "--snippets",
            default=1,
            show_default=True,
            type=click.IntRange(1, 100),
            help="How many a hit has at most; with --group, of the best passages of the group.",
        ),
        click.option(
            "--format",
            "format_",
            default="text",
            show_default=True,
            shell_complete=complete_format,
            help="text, json, jsonl, csv, markdown, html, bibtex, ris or trec.",
        ),
    )
    for option in reversed(rows):
        command = option(command)
    return command


def asked_for(query: str, k: int, everything: bool, facets: str | None = None, **options: Any) -> Search:
    """The search that the options of `search_options` ask for."""
    from essaysearch.search.asking import asked

    if everything and click.get_current_context().get_parameter_source("k") is ParameterSource.COMMANDLINE:
        click.echo(f"essaysearch: -k {k} is left aside, as --all gives every hit.", err=True)
    return asked(text_argument(query), k=None if everything else k, facets=facets or (), **options)


@click.command(cls=QueryCommand)
@click.argument("query", shell_complete=complete_query)
@index_option
@search_options
@shown_options
@click.option("--save", metavar="FILE", help="Keep the search and what it found, for `run` and `diff`.")
@click.option("--explain-query", is_flag=True, help="Show what the query means instead of what it finds.")
def search(
    query: str,
    index: str,
    everything: bool,
    format_: str,
    save: str | None,
    explain_query: bool,
    **options: Any,
) -> None:
    """Find passages. What a QUERY can say: `essaysearch help query`.

    QUERY `-` reads queries from standard input, one a line, and answers in JSON Lines.
    Status 0 if anything was found, 1 if nothing was.
    """
    from essaysearch.formats.table import format_named
    from essaysearch.library import open_library

    format_named(format_)
    library = open_library(index, fast=None if query == "-" else False)
    asked = asked_for(query, everything=everything, **options)
    if query == "-":
        finish(_batch(library, asked))
    if explain_query:
        _explain(library, asked, format_)
    elif everything:
        frame, hits = library.stream(asked)
        print_results(frame, _saved(frame, hits, save) if save else hits, format_)
    else:
        results = library.ask(asked)
        if save:
            results.run.save(save)
        print_results(results, results, format_)


@click.command()
@click.argument("id")
@index_option
@click.option("-k", "k", default=10, show_default=True, type=click.IntRange(min=0), help="How many hits.")
@click.option("--format", "format_", default="text", show_default=True, shell_complete=complete_format)
def similar(id: str, index: str, k: int, format_: str) -> None:
    """Find passages like the one with this ID.

    It is represented by its distinctive words. Status 0 if anything was found, 1 if nothing was.
    """
    from essaysearch.formats.table import format_named
    from essaysearch.library import open_library

    format_named(format_)
    results = open_library(index, fast=False).similar(text_argument(id), k)
    print_results(results, results, format_)


def _saved(frame: Results, hits: Iterable[Hit], path: str) -> Iterator[Hit]:
    """The hits as they come; after the last of them the run is saved."""
    from essaysearch.search.runs import Entry

    entries = []
    for hit in hits:
        entries.append(Entry(hit.passage_id, hit.doc_id, hit.score))
        yield hit
    frame.run_with(entries).save(path)


def _batch(library: Library, asked: Search) -> int:
    """Answer each line of standard input; a query that cannot be answered does not stop the others."""
    from essaysearch.errors import QueryTooLarge

    found = False
    for line in sys.stdin.buffer:
        query = line.decode("utf-8", "replace").rstrip("\r\n")
        if not query.strip():
            continue
        try:
            results = library.ask(replace(asked, query=query))
            answer = results.to_dict()
            found = found or results.total > 0
        except QueryTooLarge as error:
            answer = {"schema": 1, "query": query, "error": str(error)}
        click.echo(json.dumps(answer, ensure_ascii=False))
    return DONE if found else NOTHING


def print_results(results: Results, hits: Iterable[Hit], format_: str, end: bool = True) -> None:
    """Results on standard output, what is said of them on standard error; ends the run unless told not to."""
    from essaysearch.formats.table import format_named

    say_warnings(results.query, results.warnings)
    _say_expansion(results)
    if format_ == "text" and sys.stdout.isatty():
        from essaysearch.formats.page import COLOURED, Paint, page

        pieces = page(hits, _columns(), COLOURED if _is_colourful() else Paint())
    else:
        pieces = format_named(format_).render(results, hits)
    shown = 0
    for piece in pieces:
        sys.stdout.write(piece)
        shown += 1
    if format_ == "text":
        for line in _facet_lines(results):
            click.echo(line)
        sys.stdout.flush()
        click.echo(_count(results, shown), err=True)
    if end:
        finish(DONE if results.total else NOTHING)


def _say_expansion(results: Results) -> None:
    """The words that were added, as they can be edited and given back, on standard error."""
    if results.expansion is None:
        return
    from essaysearch.expansion import written

    if results.expansion:
        click.echo(f"Added (edit and give back by --expand-with): {written(results.expansion)}", err=True)
    else:
        click.echo("Nothing was added: the first results share no words that can be trusted.", err=True)


def _columns() -> int:
    """How wide the terminal is, or is said to be; `shutil` knows it too, and loads every archive format."""
    told = os.environ.get("COLUMNS", "")
    if told.isdecimal() and int(told):
        return int(told)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or _USUAL_COLUMNS
    except OSError:
        return _USUAL_COLUMNS


def _is_colourful() -> bool:
    """Whether the terminal takes colour; NO_COLOR and TERM=dumb say that it does not."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _count(results: Results, shown: int) -> str:
    if not results.total:
        return "Nothing found."
    noun = {"passage": "passages", "exchange": "exchanges"}.get(results.group, results.group + "s")
    return f"{shown:,} of {results.total:,} {noun if results.total != 1 else results.group}."


def _facet_lines(results: Results) -> Iterator[str]:
    for name, rows in results.facets.items():
        shown = ", ".join(f"{value or 'none'} {count:,}" for value, count in rows[:_FACET_ROWS])
        more = f", and {len(rows) - _FACET_ROWS:,} more" if len(rows) > _FACET_ROWS else ""
        yield f"{name}: {shown}{more}"


def say_warnings(query: str, warnings: Any) -> None:
    """The first warnings with the query and carets under their cause, on standard error."""
    from essaysearch.query import caret

    for warning in warnings[:_WARNINGS]:
        click.echo(f"{caret(query, warning)}\n{warning.message}", err=True)
    if len(warnings) > _WARNINGS:
        click.echo(
            f"… and {len(warnings) - _WARNINGS:,} more warnings; --format json has them all.", err=True
        )


def _explain(library: Library, asked: Search, format_: str) -> None:
    query = asked.query
    described = library.describe(asked)
    warnings = library.warnings(asked)
    if format_ == "json":
        told = [{"kind": w.kind, "start": w.start, "end": w.end, "message": w.message} for w in warnings]
        answer = {"schema": 1, "query": query, "tree": described.to_dict(), "warnings": told}
        click.echo(json.dumps(answer, ensure_ascii=False))
    else:
        say_warnings(query, warnings)
        click.echo(str(described))
