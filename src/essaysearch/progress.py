"""What the command line prints about indexing, and about a passage in its surroundings."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from essaysearch.readable import readable

if TYPE_CHECKING:
    from essaysearch.library import Library
    from essaysearch.report import IndexReport
    from essaysearch.surroundings import Surroundings


@contextmanager
def bar() -> Iterator[Callable[[str, int, int], None] | None]:
    """A progress bar on standard error, if that is a terminal; the function that moves it."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("reading", total=None)
        yield lambda path, done, total: shown.update(
            task, total=total, completed=done, description=path[-40:]
        )


def summary(report: IndexReport) -> str:
    """The report of a run, in sentences."""
    lines = [
        f"{report.read} documents read: {report.added} new, {report.changed} changed, {report.unchanged} as they were."
        + (f" {report.removed} removed." if report.removed else ""),
        f"The library holds {report.documents} documents in {report.passages} passages ({report.took_s:.1f} s).",
    ]
    told = report.inferred.to_dict()
    if any(told.values()):
        lines.append(
            "Inferred: " + ", ".join(f"{count} {name}" for name, count in told.items() if count) + "."
        )
    for key, paths in sorted(report.repeated.items())[:10]:
        lines.append(f"One document, several files: `{key}` in {', '.join(paths)}.")
    lines += report.notes[:10]
    if report.skipped:
        lines.append(f"{len(report.skipped)} skipped:")
    return "\n".join(lines)


def surroundings_text(found: Surroundings) -> str:
    """A passage, marked by ``>``, among its neighbours, with what it answers and its thread."""
    document = found.document
    head = [readable(document.title)[0] if document.title else document.kind]
    head.append(
        " · ".join(
            part for part in (", ".join(document.authors), document.date or "undated", document.kind) if part
        )
    )
    head.append(
        document.url or f"{document.path}:{document.line}" if document.line else document.url or document.path
    )
    lines = [line for line in head if line]
    for ancestor in found.ancestors:
        lines.append(
            f"in reply to {', '.join(ancestor.authors) or 'someone'}: {ancestor.title or ancestor.id} [{ancestor.id}]"
        )
    if found.missing:
        lines.append(f"in reply to {found.missing}, which the library does not hold")
    lines.append("")
    for number, (passage, text) in enumerate(found.passages):
        mark = "▶ " if number == found.focus and len(found.passages) > 1 else "  "
        voice = (
            ""
            if passage.voice == "own"
            else f" ({passage.voice}{': ' + passage.speaker if passage.speaker else ''})"
        )
        lines.append(f"{mark}[{passage.id}]{voice}")
        lines += [f"{mark}{line}" for line in readable(text)[0].split("\n")]
        lines.append("")
    for passage, text in found.answers:
        lines += [
            "  in answer to " + f"[{passage.id}]:",
            *(f"  | {line}" for line in readable(text)[0].split("\n")),
            "",
        ]
    for reply in found.replies:
        lines.append(
            f"answered by {', '.join(reply.authors) or 'someone'}, {reply.date or 'undated'} [{reply.id}]"
        )
    return "\n".join(lines).rstrip()


def whereabouts(library: Library, id: str) -> str:
    """The address of a passage's document, opened at the passage, or its file and line."""
    from essaysearch.formats import text_link

    found = library.show(id, 0, 0)
    document = found.document
    if document.url:
        return text_link(document.url, found.passages[found.focus][1]) if found.passages else document.url
    line = document.line
    if line and found.passages:
        line += library.document(id).text[: found.passages[found.focus][0].start].count("\n")
    return f"{document.path}:{line}" if line else document.path
