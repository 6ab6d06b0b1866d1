"""`run` and `diff`: searches that were saved, run again and compared."""

from __future__ import annotations

import json

import click

from essaysearch.cli.app import NOTHING, finish, format_option, index_option
from essaysearch.cli.completing import complete_format
from essaysearch.cli.searching import print_results

_FILE = click.Path(dir_okay=False, allow_dash=False)


@click.command()
@click.argument("file", type=_FILE)
@index_option
@click.option("--save", metavar="FILE", type=_FILE, help="Keep what comes now in another file.")
@click.option("--format", "format_", default="text", show_default=True, shell_complete=complete_format)
def run(file: str, index: str, save: str | None, format_: str) -> None:
    """Run a saved search again.

    FILE is what `search --save` wrote. Words such as last-month count from the day on which it was
    saved. Says on standard error whether the results are those of then. Status 0 if anything was
    found, 1 if nothing was.
    """
    from essaysearch.formats.table import format_named
    from essaysearch.library import open_library
    from essaysearch.search.comparing import diff
    from essaysearch.search.runs import Run

    format_named(format_)
    old = Run.load(file)
    results = open_library(index, fast=False).ask(old.search)
    difference = diff(old, results.run)
    if save:
        results.run.save(save)
    print_results(results, results, format_, end=False)
    for line in difference.causes:
        click.echo(line, err=True)
    if difference:
        told = ", ".join(f"{count:,} {kind}" for kind, count in difference.counts().items())
        click.echo(f"Since {old.made[:10]}: {told}. See `essaysearch diff {file}`.", err=True)
    else:
        click.echo(f"The results are those of {old.made[:10]}.", err=True)
    finish(0 if results.total else NOTHING)


@click.command()
@click.argument("old", type=_FILE)
@click.argument("new", type=_FILE, required=False)
@index_option
@format_option
def diff(old: str, new: str | None, index: str, format_: str) -> None:
    """Say what is new, gone or moved between two saved searches, and why.

    OLD and NEW are what `search --save` wrote; without NEW, OLD is run again now. Status 0 if the
    results differ, 1 if they are the same.
    """
    from essaysearch.search.comparing import diff
    from essaysearch.search.runs import Run

    before = Run.load(old)
    if new is not None:
        after = Run.load(new)
    else:
        from essaysearch.library import open_library

        after = before.again(open_library(index, fast=False))
    difference = diff(before, after)
    if format_ == "json":
        click.echo(json.dumps(difference.to_dict(), ensure_ascii=False))
    else:
        click.echo(str(difference))
    if not difference:
        finish(NOTHING)
