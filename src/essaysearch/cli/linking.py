"""`quotes`: what a passage quotes and who quotes it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from essaysearch.cli.app import NOTHING, finish, format_option, index_option, text_argument

if TYPE_CHECKING:
    from essaysearch.library import Library


@click.command()
@click.argument("id", required=False)
@index_option
@click.option("--of", "of", metavar="QUERY", help="Without ID: only passages that a query finds.")
@click.option("--unanswered", is_flag=True, help="Without ID: passages that nobody quotes or replies to.")
@click.option("-k", "k", default=20, show_default=True, type=click.IntRange(0), help="How many, without ID.")
@format_option
def quotes(id: str | None, index: str, of: str | None, unanswered: bool, k: int, format_: str) -> None:
    """Show what a passage quotes and who quotes it.

    ID is a passage's. Each link has its score, from 0 to 1, and what the quoter changed, word by
    word. Without ID: the passages that are answered most where they are quoted, or, newest first,
    those that are not answered at all.
    """
    from essaysearch.library import open_library

    library = open_library(index, fast=False)
    if id is None:
        _list(library, text_argument(of) if of else "voice:own", unanswered, k, format_)
        return
    id = text_argument(id)
    told = _told(library, id)
    if format_ == "json":
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        _print_told(library, told)
    if not told["quotes"] and not told["quoted_by"]:
        click.echo("It quotes nothing in the library, and nothing quotes it.", err=True)
        finish(NOTHING)


def _list(library: Library, query: str, unanswered: bool, k: int, format_: str) -> None:
    from essaysearch.cli.searching import say_warnings

    say_warnings(query, library.warnings(query))
    found = library.attention(query, unanswered)
    if format_ == "json":
        rows = [asdict(row) for row in found[:k]]
        click.echo(json.dumps({"schema": 1, "total": len(found), "passages": rows}))
    else:
        for row in found[:k]:
            count = "" if unanswered else f"{row.answers:4}  "
            click.echo(count + _line(library, row.passage_id))
    if not found:
        empty = "Everything is answered." if unanswered else "No quotation is linked to a source."
        click.echo(empty, err=True)
        finish(NOTHING)


def _told(library: Library, id: str) -> dict[str, Any]:
    """What a passage quotes and who quotes it, as JSON values."""
    focus = library.show(id, 0, 0)
    voice = focus.passages[focus.focus][0].voice if focus.passages else "own"
    sources = library.sources(id) if voice == "quoted" else []
    return {
        "schema": 1,
        "passage_id": id,
        "quotes": [
            {
                "passage_id": source.link.passage_id,
                "score": source.link.score,
                "voice": source.link.voice,
                "changes": [asdict(change) for change in source.changes],
            }
            for source in sources
        ],
        "quoted_by": [
            {"passage_id": row.quote, "score": row.score, "answered_by": list(row.answered_by)}
            for row in library.quoted_by(id)
        ],
    }


def _print_told(library: Library, told: dict[str, Any]) -> None:
    for source in told["quotes"]:
        click.echo(f"quotes ({source['score']:.2f}) {_line(library, source['passage_id'])}")
        for change in source["changes"]:
            if change["kind"] != "same":
                click.echo(f"    {change['kind']}: {change['source']!r} -> {change['quoted']!r}")
    for row in told["quoted_by"]:
        click.echo(f"quoted by ({row['score']:.2f}) {_line(library, row['passage_id'])}")
        for answer in row["answered_by"][:1]:
            more = len(row["answered_by"]) - 1
            and_more = f" (and {more:,} more passages)" if more > 1 else " (and one more)" if more else ""
            click.echo(f"    answered: {_line(library, answer)}{and_more}")


def _line(library: Library, passage_id: str) -> str:
    found = library.show(passage_id, 0, 0)
    text = " ".join(found.passages[found.focus][1].split())
    shown = text if len(text) <= 90 else text[:90].rsplit(" ", 1)[0] + "…"
    who = ", ".join(found.document.authors[:2]) or "someone"
    return f"[{passage_id}] {who}, {(found.document.date or 'undated')[:10]}: {shown}"
