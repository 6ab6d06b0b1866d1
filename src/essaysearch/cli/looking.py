"""`show`, `thread` and `open`: what was found, where it stands."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

import click

from essaysearch.cli.app import FAILED, finish, format_option, index_option, text_argument
from essaysearch.formats.facts import near, plain
from essaysearch.text.readable import readable

if TYPE_CHECKING:
    from essaysearch.library import Library
    from essaysearch.model import Document, Passage
    from essaysearch.search.surroundings import Surroundings
    from essaysearch.threads import Node

_OPENING_WORDS = 14


@click.command()
@click.argument("id")
@index_option
@click.option(
    "--before", default=2, show_default=True, type=click.IntRange(min=0), help="Passages before it."
)
@click.option("--after", default=2, show_default=True, type=click.IntRange(min=0), help="Passages after it.")
@format_option
def show(id: str, index: str, before: int, after: int, format_: str) -> None:
    """Print a passage in its surroundings, or a whole document.

    ID is a passage's or a document's, as search results have it. The passage asked for is marked
    by ▶; what it answers stands below it.
    """
    from essaysearch.library import open_library

    library = open_library(index, fast=False)
    found = library.show(text_argument(id), before, after)
    if format_ == "json":
        click.echo(json.dumps(_surroundings_dict(found), ensure_ascii=False))
    else:
        click.echo(plain("\n".join(_surroundings(found, library)).rstrip()))


def _head(document: Document) -> list[str]:
    """Title, then author, date and kind, then the place."""
    title = " ".join(readable(document.title)[0].split()) if document.title else document.kind
    facts = (_authors(document), document.date or "undated", document.kind)
    place = f"{near(document.path)}:{document.line}" if document.line else near(document.path)
    return [line for line in (title, " · ".join(f for f in facts if f), document.url or place) if line]


def _surroundings(found: Surroundings, library: Library) -> list[str]:
    lines = _head(found.document)
    for ancestor in found.ancestors:
        lines.append(f"in reply to {_who(ancestor)}, {ancestor.date or 'undated'} [{ancestor.id}]")
        words = f"{_titled(ancestor, found.document.title)}{_opening(ancestor, library)}".removesuffix(" · ")
        lines += [f"  {words}"] if words else []
    if found.missing:
        lines.append(f"in reply to {found.missing}, which the library does not hold")
    lines.append("")
    for number, (passage, text) in enumerate(found.passages):
        focus = number == found.focus and len(found.passages) > 1
        lines += _passage_lines(passage, text, "▶ " if focus else "  ")
        if number == found.focus:
            for answered, answered_text in found.answers:
                lines.append(f"    in answer to [{answered.id}]:")
                lines += [*(f"    | {line}" for line in readable(answered_text)[0].split("\n")), ""]
    for reply in found.replies:
        lines.append(f"answered by {_who(reply)}, {reply.date or 'undated'} [{reply.id}]")
        lines.append(f"  {_opening(reply, library)}")
    return lines


def _titled(document: Document, known: str | None) -> str:
    """A title with what parts it from what follows; nothing where there is none or it is known."""
    return (
        f"{' '.join(readable(document.title)[0].split())} · " if document.title not in (None, known) else ""
    )


def _opening(document: Document, library: Library) -> str:
    """The first words of a document."""
    opening = readable(library.document(document.id).text[:400])[0].split()
    return " ".join(opening[:_OPENING_WORDS]) + ("…" if len(opening) > _OPENING_WORDS else "")


def _passage_lines(passage: Passage, text: str, mark: str) -> list[str]:
    voice = ""
    if passage.voice != "own":
        voice = f" ({passage.voice}{': ' + passage.speaker if passage.speaker else ''})"
    return [f"{mark}[{passage.id}]{voice}", *(mark + line for line in readable(text)[0].split("\n")), ""]


def _authors(document: Document) -> str:
    return ", ".join(document.authors) + ("" if document.authors_complete else " et al.")


def _who(document: Document) -> str:
    return _authors(document) if document.authors else "someone"


def _document_dict(document: Document) -> dict[str, Any]:
    names = (
        "id",
        "kind",
        "title",
        "authors",
        "authors_complete",
        "date",
        "url",
        "path",
        "line",
        "thread",
        "parent",
    )
    return {name: getattr(document, name) for name in names}


def _surroundings_dict(found: Surroundings) -> dict[str, Any]:
    def row(pair: tuple[Passage, str]) -> dict[str, Any]:
        passage, text = pair
        names = ("voice", "speaker", "section", "start", "end", "confidence", "reason")
        told = {name: getattr(passage, name) for name in names}
        return {"passage_id": passage.id, "text": text, **told}

    return {
        "schema": 1,
        "document": _document_dict(found.document),
        "passages": [row(pair) for pair in found.passages],
        "focus": found.focus,
        "answers": [row(pair) for pair in found.answers],
        "ancestors": [_document_dict(document) for document in found.ancestors],
        "missing": found.missing,
        "replies": [_document_dict(document) for document in found.replies],
    }


@click.command()
@click.argument("id")
@index_option
@format_option
def thread(id: str, index: str, format_: str) -> None:
    """Print a thread: who answered whom.

    ID is a passage's or a document's. What the library does not hold stands as a stub.
    """
    from essaysearch.library import open_library

    library = open_library(index, fast=False)
    built = library.thread(text_argument(id))
    here = library.show(text_argument(id), 0, 0).document.id
    if format_ == "json":
        nodes = [
            {
                "id": node.id,
                "parent": node.parent,
                "depth": node.depth,
                "root": node.root,
                "document": _document_dict(node.document) if node.document else None,
                "notes": list(node.notes),
            }
            for node in built.nodes.values()
        ]
        click.echo(json.dumps({"schema": 1, "nodes": nodes, "notes": list(built.notes)}, ensure_ascii=False))
        return
    for node in built.nodes.values():
        root = built.nodes[node.root].document if node.depth else None
        for line in _node_lines(library, node, node.id == here, root.title if root else None):
            click.echo(plain(line))
    for note in built.notes:
        click.echo(note, err=True)


def _node_lines(library: Library, node: Node, here: bool, known: str | None) -> list[str]:
    """A node's line and the first words under it; a title that is ``known`` is not said again."""
    left = "  " * node.depth
    mark = "▶ " if here else "- "
    document = node.document
    notes = f" ({'; '.join(node.notes)})" if node.notes else ""
    if document is None:
        return [f"{left}{mark}[{node.id}]{notes}"]
    title, words = _titled(document, known), _opening(document, library)
    line = f"{left}{mark}{title}{_who(document)} · {document.date or 'undated'} [{document.id}]{notes}"
    return [line, f"{left}  {words}"] if words else [line]


@click.command("open")
@click.argument("id")
@index_option
@click.option("--print", "only_print", is_flag=True, help="Print the place, open nothing.")
def open_(id: str, index: str, only_print: bool) -> None:
    """Open a passage where it comes from.

    Its page in the browser, or its file in $EDITOR at the line. ID is a passage's or a
    document's. Where the output is not a terminal, the place is printed only.
    """
    from essaysearch.formats.facts import is_web
    from essaysearch.library import open_library

    library = open_library(index, fast=False)
    address, path, line = whereabouts(library, text_argument(id))
    click.echo(address or (f"{path}:{line}" if line else path))
    if only_print or not sys.stdout.isatty():
        return
    if address and is_web(address):
        click.launch(address)
    elif not address:
        if not os.path.isfile(path):
            click.echo(f"essaysearch: {path}: is not there any more.", err=True)
            finish(FAILED)
        finish(_edit(path, line))


def whereabouts(library: Library, id: str) -> tuple[str | None, str, int]:
    """(address opened at the passage, None where there is none; path; line, 0 where unknown)."""
    from essaysearch.formats.facts import text_link
    from essaysearch.text.snippets import lead_of

    found = library.show(id, 0, 0)
    document, line = found.document, found.document.line
    if document.url:
        if not found.passages:
            return document.url, near(document.path), line
        passage, text = found.passages[found.focus]
        lead = lead_of(text, library.document(id).text[: passage.start])
        return text_link(document.url, text, lead), near(document.path), line
    if line and found.passages:
        line += library.document(id).text[: found.passages[found.focus][0].start].count("\n")
    return None, near(document.path), line


_AT_LINE: dict[str, tuple[str, ...]] = {
    "code": ("--goto", "{path}:{line}"),
    "codium": ("--goto", "{path}:{line}"),
    "subl": ("{path}:{line}",),
    "zed": ("{path}:{line}",),
    "hx": ("{path}:{line}",),
    "notepad": ("{path}",),
}
"""How editors are told the line; all others take ``+LINE PATH``."""


def editor_command(editor: str, path: str, line: int) -> list[str]:
    """The command that opens a file at a line in an editor, given as $EDITOR has it."""
    import shlex

    parts = shlex.split(editor, posix=os.name != "nt")
    path = os.path.abspath(path)
    if not line:
        return [*parts, path]
    name = os.path.splitext(os.path.basename(parts[0]))[0].lower()
    shape = _AT_LINE.get(name, ("+{line}", "{path}"))
    return [*parts, *(part.replace("{line}", str(line)).replace("{path}", path) for part in shape)]


def _edit(path: str, line: int) -> int:
    import subprocess

    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not editor or not editor.strip():
        click.echo("Set EDITOR to open it there.", err=True)
        return 0
    try:
        done = subprocess.run(editor_command(editor, path, line), check=False)
    except (OSError, ValueError) as error:
        click.echo(f"essaysearch: EDITOR is `{editor}`, which cannot be run: {error}.", err=True)
        return FAILED
    return FAILED if done.returncode else 0
