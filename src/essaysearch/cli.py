"""The command line: what was typed becomes calls of `Library`; results go to standard output."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click

from essaysearch.errors import EssaysearchError

Command = TypeVar("Command", bound=Callable[..., Any])

FOUND, NOTHING, FAILED = 0, 1, 2


class _Group(click.Group):
    """Errors become one sentence on standard error and status 2; never a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except EssaysearchError as error:
            click.echo(f"essaysearch: {error}", err=True)
            ctx.exit(FAILED)
        except BrokenPipeError:
            # The reader of our output has left; nothing is to be said to it.
            sys.stdout = open(os.devnull, "w")
            ctx.exit(FOUND)
        except OSError as error:
            click.echo(f"essaysearch: {error.filename or ''}: {error.strerror or error}.", err=True)
            ctx.exit(FAILED)


def index_option(command: Command) -> Command:
    """--index, with its environment variable and default."""
    return click.option(
        "--index", "index", default="index", envvar="ESSAYSEARCH_INDEX", show_default=True, metavar="DIR",
        help="The index; also ESSAYSEARCH_INDEX.",
    )(command)  # fmt: skip


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="essaysearch")
def main() -> None:
    """Full-text search over essays, comment threads and paper abstracts."""


@main.command()
@click.argument("paths", nargs=-1, type=click.Path())
@index_option
@click.option("--as", "as_", metavar="READER", help="Read every file as this format, whatever it looks like.")
@click.option("--prune", is_flag=True, help="Drop documents under PATHS whose files are gone.")
@click.option("--strict", is_flag=True, help="Status 1 if anything was skipped.")
@click.option("--author", help="The author of what is read, whatever it says itself.")
@click.option("--date", help="The date of what is read.")
@click.option("--url", help="The address of what is read.")
@click.option("--rebuild", is_flag=True, help="Make the index anew, whatever state the old one is in.")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
def index(
    paths: tuple[str, ...], index: str, as_: str | None, prune: bool, strict: bool, author: str | None,
    date: str | None, url: str | None, rebuild: bool, format_: str,
) -> None:  # fmt: skip
    """Read files and directories (without PATHS: corpus/) into the index."""
    import json

    from essaysearch.library import open_library
    from essaysearch.progress import bar, summary

    if rebuild:
        from essaysearch.columnar.store import clear

        clear(index)
    library = open_library(index, create=True)
    with bar() as progress:
        report = library.add(list(paths) or ["corpus"], as_, prune, author, date, url, progress)
    if format_ == "json":
        click.echo(json.dumps(report.to_dict(), ensure_ascii=False))
    else:
        click.echo(summary(report))
    for skipped in report.skipped:
        place = f" ({skipped.place})" if skipped.place else ""
        click.echo(f"skipped {skipped.path}{place}: {skipped.reason}", err=True)
    if not report.read or (strict and report.skipped):
        raise SystemExit(NOTHING)


@main.command()
@click.argument("query")
@index_option
@click.option("-k", "k", default=10, show_default=True, type=click.IntRange(min=0), help="How many hits.")
@click.option(
    "--offset", default=0, show_default=True, type=click.IntRange(min=0), help="How many to pass over."
)
@click.option("--all", "everything", is_flag=True, help="Every hit.")
@click.option(
    "--group", default="passage", show_default=True, help="passage, document, thread, author or exchange."
)
@click.option(
    "--sort", help="relevance, date, karma, author or length; several apart by commas; -KEY turns round."
)
@click.option(
    "--facets",
    help="Count the values of these fields over all matches: kind,author,year,category,source,voice.",
)
@click.option("--literal", is_flag=True, help="Search exactly what was typed.")
@click.option(
    "--format",
    "format_",
    default="text",
    show_default=True,
    help="text, json, jsonl, csv, markdown, html, bibtex, ris or trec.",
)
def search(
    query: str, index: str, k: int, offset: int, everything: bool, group: str, sort: str | None, facets: str | None,
    literal: bool, format_: str,
) -> None:  # fmt: skip
    """Find passages. QUERY `-` reads queries from standard input, one a line, and answers in JSON Lines."""
    import json

    from essaysearch.formats import format_named
    from essaysearch.library import open_library

    chosen = format_named(format_)
    library = open_library(index, fast=None if query == "-" else False)
    wanted = tuple(name.strip() for name in facets.split(",")) if facets else ()
    options = {
        "k": len(library) if everything else k,
        "offset": offset,
        "group": group,
        "sort": sort,
        "facets": wanted,
        "literal": literal,
    }
    if query == "-":
        found = False
        for line in sys.stdin:
            if line.strip():
                answer = library.search(line.rstrip("\n"), **options)  # type: ignore[arg-type]
                found = found or answer.total > 0
                click.echo(json.dumps(answer.to_dict(), ensure_ascii=False))
        raise SystemExit(FOUND if found else NOTHING)
    results = library.search(query, **options)  # type: ignore[arg-type]
    _warn(results)
    if format_ == "text" and sys.stdout.isatty() and "NO_COLOR" not in os.environ:
        from essaysearch.terminal import show_results

        show_results(results)
    else:
        for piece in chosen.render(results):
            click.echo(piece, nl=False)
    if format_ == "text":
        for name, rows in results.facets.items():
            shown = ", ".join(f"{value or 'none'} {count}" for value, count in rows[:12])
            click.echo(f"{name}: {shown}")
        click.echo(f"{len(results)} of {results.total}" if results.total else "Nothing found.", err=True)
    raise SystemExit(FOUND if results.total else NOTHING)


def _warn(results: Any) -> None:
    from essaysearch.query import caret

    for warning in results.warnings:
        click.echo(caret(results.query, warning), err=True)
        click.echo(warning.message, err=True)


@main.command()
@click.argument("id")
@index_option
@click.option("--before", default=2, show_default=True, help="Passages before it.")
@click.option("--after", default=2, show_default=True, help="Passages after it.")
def show(id: str, index: str, before: int, after: int) -> None:
    """Print a passage in its surroundings, or a whole document."""
    from essaysearch.library import open_library
    from essaysearch.progress import surroundings_text

    click.echo(surroundings_text(open_library(index, fast=False).show(id, before, after)))


@main.command("open")
@click.argument("id")
@index_option
def open_(id: str, index: str) -> None:
    """Open a passage where it comes from: its address, or its file at the line."""
    from essaysearch.library import open_library
    from essaysearch.progress import whereabouts

    place = whereabouts(open_library(index, fast=False), id)
    click.echo(place)
    if sys.stdout.isatty() and place.startswith(("http://", "https://")):
        click.launch(place)


@main.command()
@index_option
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
def stats(index: str, format_: str) -> None:
    """Count what the index holds."""
    import json

    from essaysearch.library import open_library

    told = open_library(index, fast=False).stats()
    if format_ == "json":
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for name, value in told.items():
        if name not in ("schema", "sources"):
            shown = (
                ", ".join(f"{key} {count}" for key, count in value.items())
                if isinstance(value, dict)
                else value
            )
            click.echo(f"{name.replace('_', ' ')}: {shown}")


@main.command()
@index_option
def verify(index: str) -> None:
    """Check every byte of the index against its checksum."""
    from essaysearch.library import open_library

    click.echo(f"{open_library(index, fast=False).verify():,} bytes, all as they were written.")
