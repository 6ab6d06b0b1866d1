"""`topic` and `quotes`: every passage on a topic; what a passage quotes and who quotes it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from essaysearch.cli.app import NOTHING, finish, format_option, index_option, text_argument

if TYPE_CHECKING:
    from essaysearch.library import Library
    from essaysearch.topics.finding import TopicPassages


@click.command()
@click.argument("action", type=click.Choice(["list", "show"]))
@click.argument("name", required=False)
@index_option
@click.option("-k", "k", type=click.IntRange(min=0), help="Show this many passages, not all.")
@format_option
def topic(action: str, name: str | None, index: str, k: int | None, format_: str) -> None:
    """List the topics at hand, or show every passage of one.

    Topics stand in files, `topics/NAME.toml` beside what was indexed. With each passage stands what
    found it, and at the end what each phrase adds and how much may be missing.
    """
    from essaysearch.library import open_library

    library = open_library(index, fast=False)
    if action == "list":
        for known, path in library.topic_files().items():
            click.echo(f"{known}  {path}")
        return
    if name is None:
        raise click.UsageError("Name a topic, as `essaysearch topic list` gives it")
    found = library.topic_passages(text_argument(name))
    shown = len(found.hits) if k is None else k
    if format_ == "json":
        click.echo(json.dumps(_topic_dict(found, shown), ensure_ascii=False))
    else:
        _print_topic(found, shown)
    if not found.hits:
        finish(NOTHING)


def _topic_dict(found: TopicPassages, shown: int) -> dict[str, Any]:
    from essaysearch.search.results import hit_dict

    rows = [{**hit_dict(hit), "by": list(by)} for hit, by in zip(found.hits, found.by, strict=True)]
    coverage = found.coverage
    return {
        "schema": 1,
        "topic": found.topic.name,
        "version": found.topic.version,
        "total": len(rows),
        "hits": rows[:shown],
        "coverage": {
            "phrases": [asdict(row) for row in coverage.contributions],
            "missed": coverage.missed,
            "low": coverage.low,
            "high": coverage.high,
        },
    }


def _print_topic(found: TopicPassages, shown: int) -> None:
    from essaysearch.formats.facts import heading_of

    click.echo(f"{found.topic.name}: {len(found.hits)} passages\n")
    for hit, by in list(zip(found.hits, found.by, strict=True))[:shown]:
        lines = [*filter(None, heading_of(hit)), f"by {', '.join(by)}", *hit.snippet.text.split("\n")]
        click.echo(f"{hit.rank}. " + "\n   ".join([*lines, f"[{hit.passage_id}]"]) + "\n")
    click.echo("found  only  new  phrase")
    for row in found.coverage.contributions:
        click.echo(f"{row.found:5}  {row.only:4}  {row.new:3}  {row.phrase}")
    coverage = found.coverage
    if coverage.missed is None or coverage.low is None or coverage.high is None:
        click.echo("Too few phrases find anything to estimate what is missing.")
    else:
        click.echo(
            f"Estimate: about {coverage.missed:.0f} more passages that no phrase reaches (95 % interval"
            f" {coverage.low:.0f} to {coverage.high:.0f}). Phrases are no independent samples: a hint only."
        )


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
        for answer in row["answered_by"]:
            click.echo(f"    answered: {_line(library, answer)}")


def _line(library: Library, passage_id: str) -> str:
    found = library.show(passage_id, 0, 0)
    text = " ".join(found.passages[found.focus][1].split())
    shown = text if len(text) <= 90 else text[:90].rsplit(" ", 1)[0] + "…"
    who = ", ".join(found.document.authors[:2]) or "someone"
    return f"[{passage_id}] {who}, {(found.document.date or 'undated')[:10]}: {shown}"
