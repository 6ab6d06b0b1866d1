"""`index`: files and directories into the index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from essaysearch.cli.app import NOTHING, finish, format_option, index_option
from essaysearch.formats.facts import near

if TYPE_CHECKING:
    from essaysearch.filling.report import IndexReport
    from essaysearch.library import Library

DEFAULT_PATHS = ("corpus",)


def reading_options(command: Any) -> Any:
    """--as, --author, --date and --url: what is said of files from outside."""
    for option in reversed(
        (
            click.option(
                "--as",
                "as_",
                metavar="READER",
                help="Read every file as this format, whatever it looks like; `help readers` lists them.",
            ),
            click.option(
                "--author", metavar="NAME", help="The author of what is read, whatever it says itself."
            ),
            click.option("--date", metavar="DATE", help="The date of what is read."),
            click.option("--url", metavar="URL", help="The address of what is read."),
        )
    ):
        command = option(command)
    return command


@click.command()
@click.argument("paths", nargs=-1, type=click.Path())
@index_option
@reading_options
@click.option("--prune", is_flag=True, help="Drop documents under PATHS whose files are gone.")
@click.option("--strict", is_flag=True, help="Status 1 if anything was skipped.")
@click.option(
    "--rebuild", is_flag=True, help="Make the index anew from PATHS alone, whatever state the old one is in."
)
@format_option
def index(
    paths: tuple[str, ...],
    index: str,
    as_: str | None,
    author: str | None,
    date: str | None,
    url: str | None,
    prune: bool,
    strict: bool,
    rebuild: bool,
    format_: str,
) -> None:
    """Read files and directories into the index.

    Without PATHS, corpus/ is read. What was read before and has changed is replaced; what has not
    is left alone. The format of each file is found from its content. Status 1 if nothing could be read.
    """
    from essaysearch.cli.progress import bar
    from essaysearch.filling.report import said

    if as_ is not None:
        from essaysearch.readers.table import reader_named

        reader_named(as_)

    def fill(library: Library) -> IndexReport:
        with bar() as progress:
            return library.add(list(paths or DEFAULT_PATHS), as_, prune, author, date, url, progress)

    if rebuild:
        from essaysearch.rebuilding import rebuilt

        report = rebuilt(index, fill)
    else:
        from essaysearch.library import open_library

        report = fill(open_library(index, create=True))
    if format_ == "json":
        import json

        click.echo(json.dumps(report.to_dict(), ensure_ascii=False))
    else:
        click.echo("\n".join(report.summary(near)))
    for skipped in report.skipped:
        click.echo(said(skipped), err=True)
    if not report.read or (strict and report.skipped):
        finish(NOTHING)
