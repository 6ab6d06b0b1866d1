"""What the shell is offered when an argument is half typed; asked for only while completing."""

from __future__ import annotations

import click


def complete_query(ctx: click.Context, param: click.Parameter, typed: str) -> list[str]:
    """Fields and their values, from the table of operators."""
    from essaysearch.query.operators import complete

    return complete(typed)


def complete_format(ctx: click.Context, param: click.Parameter, typed: str) -> list[str]:
    """The names of output formats."""
    from essaysearch.formats.table import FORMATS

    return [row.name for row in FORMATS if row.name.startswith(typed)]


def complete_group(ctx: click.Context, param: click.Parameter, typed: str) -> list[str]:
    """What results can be grouped by."""
    from essaysearch.search.asking import GROUPS

    return [name for name in GROUPS if name.startswith(typed)]


def complete_facets(ctx: click.Context, param: click.Parameter, typed: str) -> list[str]:
    """Facets, several apart by commas."""
    from essaysearch.search.asking import FACETS

    before, comma, last = typed.rpartition(",")
    return [before + comma + name for name in FACETS if name.startswith(last)]


def complete_sort(ctx: click.Context, param: click.Parameter, typed: str) -> list[str]:
    """Sort keys, several apart by commas, each perhaps turned round."""
    from essaysearch.search.asking import SORTS

    before, comma, last = typed.rpartition(",")
    turned = "-" if last.startswith("-") else ""
    return [before + comma + turned + name for name in SORTS if name.startswith(last.removeprefix("-"))]
