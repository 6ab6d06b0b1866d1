"""`explain` and `why-not`: why a passage scores what it scores, and why a query does not find it."""

from __future__ import annotations

import json
import re
from shlex import quote
from typing import TYPE_CHECKING, Any

import click

from essaysearch.cli.app import NOTHING, QueryCommand, finish, format_option, index_option, text_argument
from essaysearch.cli.completing import complete_query
from essaysearch.cli.searching import asked_for, query_options, say_warnings, search_options

if TYPE_CHECKING:
    from essaysearch.search.explaining import Explanation

_PASSAGE = re.compile("[0-9a-f]{16}")


@click.command(cls=QueryCommand)
@click.argument("id")
@click.argument("query", shell_complete=complete_query)
@index_option
@query_options
@format_option
def explain(id: str, query: str, index: str, format_: str, **options: Any) -> None:
    """Show how the score of a passage for a query comes about.

    ID is a passage's. The values add up to the score. Status 1 if the query does not find it.
    """
    from essaysearch.library import open_library

    id, query = _in_order(text_argument(id), text_argument(query))
    library = open_library(index, fast=False)
    say_warnings(query, library.warnings(query, **options))
    told = library.explain(id, query, **options)
    if format_ == "json":
        click.echo(json.dumps({"schema": 1, **_explanation(told)}, ensure_ascii=False))
    else:
        click.echo(str(told))
    if library.why_not(id, query, k=None, **options):
        finish(NOTHING)


def _in_order(id: str, query: str) -> tuple[str, str]:
    """Both, or a usage error where the query stands in place of the id."""
    if _PASSAGE.fullmatch(query) and not _PASSAGE.fullmatch(id):
        raise click.UsageError(f"The passage's id comes first, then the query: {query} {quote(id)}")
    return id, query


def _explanation(told: Explanation) -> dict[str, Any]:
    children = [_explanation(child) for child in told.children]
    return {"value": told.value, "label": told.label, "children": children}


@click.command("why-not", cls=QueryCommand)
@click.argument("id")
@click.argument("query", shell_complete=complete_query)
@index_option
@search_options
@format_option
def why_not(id: str, query: str, index: str, format_: str, **options: Any) -> None:
    """Say why a search does not give a passage.

    Or, if it does, in which place. ID is a passage's; the options are those of `search`. Status 1 if
    the search does give it.
    """
    from essaysearch.library import open_library

    id, query = _in_order(text_argument(id), text_argument(query))
    asked = asked_for(query, **options)
    library = open_library(index, fast=False)
    say_warnings(asked.query, library.warnings(asked))
    reasons = library.why_not(id, asked)
    place = library.place(id, asked)
    if format_ == "json":
        click.echo(json.dumps({"schema": 1, "reasons": reasons, "place": place}, ensure_ascii=False))
    elif reasons:
        click.echo("\n".join(reasons))
    else:
        click.echo(f"The query finds it, in place {place:,}.")
    if not reasons:
        finish(NOTHING)
