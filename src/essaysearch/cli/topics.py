"""`topic`: every passage on a topic, phrases to add to it, and the screening of a library for it."""

from __future__ import annotations

import json
from dataclasses import asdict
from shlex import quote
from typing import TYPE_CHECKING, Any

import click

from essaysearch.cli.app import NOTHING, finish, format_option, index_option, text_argument

if TYPE_CHECKING:
    from essaysearch.topics.finding import TopicPassages
    from essaysearch.topics.suggesting import Suggestion


class _Topic(click.Group):
    """The commands of `topic`; whoever gives a topic in place of one is told which takes it."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            commands, name = ", ".join(self.list_commands(ctx)), text_argument(args[0])
            message = f"`topic` has no command `{name}`; its commands are: {commands}."
            raise click.UsageError(
                f"{message} To begin a topic of that name: `topic new {quote(name)}`.", ctx
            )
        return super().resolve_command(ctx, args)


@click.group(cls=_Topic)
def topic() -> None:
    """Find every passage on a topic, and learn what may be missing.

    Topics stand in files, `topics/NAME.toml` beside what was indexed. `topic show` finds what their
    phrases find, `topic suggest` proposes more phrases, `topic screen` asks about one passage after
    the other until nearly all that matter are found.
    """


@topic.command("list")
@index_option
def list_(index: str) -> None:
    """List the topics at hand, with their files."""
    from essaysearch.library import open_library

    for known, path in open_library(index, fast=False).topic_files().items():
        click.echo(f"{known}  {path}")


@topic.command()
@click.argument("name")
@index_option
@click.option("-k", "k", type=click.IntRange(min=0), help="Show this many passages, not all.")
@format_option
def show(name: str, index: str, k: int | None, format_: str) -> None:
    """Show every passage of a topic, and by which phrases it was found.

    At the end stands what each phrase adds, and an estimate of how much no phrase reaches.
    """
    from essaysearch.library import open_library

    library = open_library(index, fast=False)
    found = library.topic_passages(text_argument(name))
    shown = len(found.hits) if k is None else k
    if format_ == "json":
        click.echo(json.dumps(_topic_dict(found, shown), ensure_ascii=False))
    else:
        _print_topic(found, shown)
    for sentence in found.warnings:
        click.echo(sentence, err=True)
    if not found.hits:
        finish(NOTHING)


@topic.command()
@click.argument("name")
@index_option
@click.option("-k", "k", default=20, show_default=True, type=click.IntRange(1), help="How many phrases.")
@format_option
def suggest(name: str, index: str, k: int, format_: str) -> None:
    """Propose phrases for a topic, from the library itself.

    They are more frequent in the passages found so far, or near their phrases, than elsewhere.
    Judgments of a screening count: what was judged relevant is added, what was not is taken away.
    """
    from essaysearch.library import open_library

    rows = open_library(index, fast=False).topic_suggestions(text_argument(name), k)
    if format_ == "json":
        click.echo(json.dumps({"schema": 1, "topic": name, "suggestions": [asdict(row) for row in rows]},
                              ensure_ascii=False))  # fmt: skip
    else:
        _print_suggestions(rows)
    if not rows:
        click.echo("Nothing tells the passages of this topic from the rest.", err=True)
        finish(NOTHING)


@topic.command()
@click.argument("name")
@index_option
@click.option("--phrase", "phrases", multiple=True, metavar="WORDS", help="A phrase; may be repeated.")
@click.option("--in", "directory", type=click.Path(), help="The directory; else where the topics stand.")
def new(name: str, index: str, phrases: tuple[str, ...], directory: str | None) -> None:
    """Begin a topic: write its file, with its name as the first phrase unless some are given."""
    from essaysearch.library import open_library

    path = open_library(index, fast=False).new_topic(text_argument(name), phrases, directory)
    click.echo(path)
    click.echo("Show it with `essaysearch topic show`, add to it what `essaysearch topic suggest` proposes.",
               err=True)  # fmt: skip


@topic.command()
@click.argument("name")
@index_option
@click.option("--target", default=0.95, show_default=True, type=click.FloatRange(0.5, 1.0),
              help="The share of the relevant to be found.")  # fmt: skip
@click.option("--confidence", default=0.9, show_default=True, type=click.FloatRange(0.5, 0.99),
              help="How sure of it to be before stopping is proposed.")  # fmt: skip
@click.option("--judgments", type=click.Path(), metavar="FILE",
              help="Where judgments are kept; else beside the topic's file.")  # fmt: skip
def screen(name: str, index: str, target: float, confidence: float, judgments: str | None) -> None:
    """Judge passages one by one until nearly all that belong to a topic are found.

    Shown is the passage most worth judging; each answer is on disk before the next is shown, and
    changes what is shown next. Stop whenever you like and go on another day.
    """
    from essaysearch.cli.screening import run
    from essaysearch.library import open_library

    run(open_library(index).screen(text_argument(name), target, confidence, judgments))


@topic.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@index_option
@click.option("--to", "directory", required=True, type=click.Path(), help="The directory to be written.")
@click.option("--judgments", type=click.Path(exists=True), metavar="FILE",
              help="The judgments of a single topic, where not beside its file.")  # fmt: skip
def export(names: tuple[str, ...], index: str, directory: str, judgments: str | None) -> None:
    """Write judged topics as a test collection, for `essaysearch eval` and other programs.

    The directory gets corpus.jsonl (all passages), queries.jsonl (a topic a query), qrels.tsv, and
    the same judgments in TREC's columns as qrels.trec.
    """
    from essaysearch.library import open_library

    if judgments is not None and len(names) > 1:
        raise click.UsageError("--judgments goes with a single topic")
    library = open_library(index, fast=False)
    for sentence in library.export_topics([text_argument(name) for name in names], directory, judgments):
        click.echo(sentence, err=True)
    click.echo(directory)


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
        "warnings": list(found.warnings),
    }


def _print_topic(found: TopicPassages, shown: int) -> None:
    from essaysearch.formats.facts import heading_of, plain

    click.echo(f"{found.topic.name}: {len(found.hits)} passages\n")
    for hit, by in list(zip(found.hits, found.by, strict=True))[:shown]:
        lines = [*filter(None, heading_of(hit)), f"by {', '.join(by)}", *hit.snippet.text.split("\n")]
        click.echo(plain(f"{hit.rank}. " + "\n   ".join([*lines, f"[{hit.passage_id}]"]) + "\n"))
    coverage = found.coverage
    click.echo("found  only  new  so far  phrase")
    reached = 0
    for row in coverage.contributions:
        reached += row.new
        click.echo(f"{row.found:5}  {row.only:4}  {row.new:3}  {reached:6}  {row.phrase}")
    if coverage.missed is None or coverage.low is None or coverage.high is None:
        click.echo("Too few phrases find anything to estimate what is missing.")
    else:
        click.echo(
            f"Estimate: about {coverage.missed:.0f} more passages that no phrase reaches (95 % interval"
            f" {coverage.low:.0f} to {coverage.high:.0f}). Phrases are no independent samples: a hint only."
        )


def _print_suggestions(rows: list[Suggestion]) -> None:
    from essaysearch.formats.facts import plain

    click.echo("inside  outside  phrase")
    for row in rows:
        click.echo(f"{row.inside:6}  {row.outside:7}  {row.phrase}")
        click.echo(f"{'':17}{row.evidence}; {plain(row.example)}  [{row.passage_id}]")
