"""`stats`, `verify` and `optimize`: what an index holds, whether it is whole, and in one piece."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import click

from essaysearch.cli.app import format_option, index_option


@click.command()
@index_option
@format_option
def stats(index: str, format_: str) -> None:
    """Count what the index holds."""
    from essaysearch.library import open_library

    told = open_library(index, fast=False).stats()
    if format_ == "json":
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        click.echo("\n".join(_lines(told)))


def _lines(told: dict[str, Any]) -> Iterator[str]:
    for name, value in told.items():
        if name in ("schema", "sources"):
            continue
        if isinstance(value, dict):
            value = ", ".join(f"{key} {count:,}" for key, count in value.items()) or "none"
        elif isinstance(value, (int, float)):
            value = f"{value:,}"
        yield f"{name.replace('_', ' ')}: {value}"


@click.command()
@index_option
def verify(index: str) -> None:
    """Check every byte of the index against its checksum."""
    from essaysearch.library import open_library

    click.echo(f"{open_library(index, fast=False).verify():,} bytes, all as they were written.")


@click.command()
@index_option
def optimize(index: str) -> None:
    """Merge the index into one segment, without what was deleted."""
    from essaysearch.library import open_library

    library = open_library(index, fast=False)
    before = library.stats()
    library.optimize()
    after = library.stats()
    click.echo(
        f"{before['segments']:,} segments of {before['bytes']:,} bytes are now"
        f" {after['segments']:,} of {after['bytes']:,}."
    )
