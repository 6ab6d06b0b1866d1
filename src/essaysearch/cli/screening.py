"""A screening on the terminal: a passage, a key, the next passage."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

import click

from essaysearch.cli.app import text_argument

if TYPE_CHECKING:
    from essaysearch.model import Hit
    from essaysearch.topics.session import Screening

KEYS = {
    "y": "yes, it belongs to the topic",
    "n": "no",
    "s": "skip: ask again later",
    "u": "undo the last answer",
    "p": "progress",
    "q": "quit; every answer is kept",
}
_WIDEST = 100


def run(screening: Screening) -> None:
    """Ask until the reader quits or nothing is left. Keys from a terminal, else lines from a file."""
    for sentence in screening.warnings:
        click.echo(sentence, err=True)
    said = len(screening.warnings)
    click.echo(f"{screening.topic.name}: {screening.topic.note}".rstrip(": "))
    click.echo("  ".join(f"{key} {meaning}" for key, meaning in KEYS.items()))
    click.echo(f"Judgments are kept in {screening.path}.")
    proposed = False
    while (hit := screening.next()) is not None:
        progress = screening.progress
        click.echo(f"\n{progress}")
        if progress.reached and not proposed:
            click.echo("Press q to stop here, or go on.")
        proposed = progress.reached
        _show(hit, screening.reasons(hit.passage_id))
        key = _key()
        if key == "q":
            break
        if key == "u":
            undone = screening.undo()
            click.echo("Nothing to undo." if undone is None else f"Undone: {undone}.")
        elif key == "p":
            click.echo(str(screening.progress))
        elif key == "s":
            screening.skip(hit.passage_id)
        else:
            screening.judge(hit.passage_id, key == "y")
        for sentence in screening.warnings[said:]:
            click.echo(sentence, err=True)
        said = len(screening.warnings)
    else:
        click.echo("Every passage is judged.")
    click.echo(f"\n{screening.progress}")


def _show(hit: Hit, reasons: tuple[str, ...]) -> None:
    from essaysearch.formats.facts import answered_by, heading_of, one_line, place_of, plain
    from essaysearch.text.readable import readable

    room = min(shutil.get_terminal_size().columns, _WIDEST) - 4
    head, facts = heading_of(hit)
    click.secho(f"\n{plain(head)}", bold=True)
    if facts:
        click.echo(plain(facts))
    if hit.answers:
        click.echo(f"in answer to: {plain(one_line(answered_by(hit), 2 * room))}")
    click.echo()
    click.echo(click.wrap_text(plain(readable(hit.text)[0]), room, "   ", "   ", preserve_paragraphs=True))
    click.echo(f"\n{plain(place_of(hit))}  [{hit.passage_id}]")
    if reasons:
        click.echo(f"shown for: {', '.join(reasons)}")


def _key() -> str:
    """One of `KEYS`; ``q`` at the end of the input."""
    while True:
        click.echo(f"Does it belong? [{'/'.join(KEYS)}] ", nl=False)
        if sys.stdin.isatty():
            typed = click.getchar()
            click.echo(typed)
            if typed in ("\x03", "\x04"):
                return "q"
        else:
            typed = sys.stdin.readline()
            if not typed:
                return "q"
            click.echo(text_argument(typed.strip()))
        key = typed.strip().lower()[:1]
        if key in KEYS:
            return key
        click.echo(f"Press one of {', '.join(KEYS)}.")
