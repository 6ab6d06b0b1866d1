"""The table of output formats. To add one: a function from results and their hits to pieces of text, a row.

A function is given the hits beside the results, so that an answer of any length streams.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from essaysearch.errors import UnknownFormat
from essaysearch.formats import data, markup, page, references
from essaysearch.model import Hit
from essaysearch.nearest import nearest
from essaysearch.search.results import Results

Render = Callable[[Results, Iterable[Hit]], Iterator[str]]


class Format(NamedTuple):
    """One row of the table."""

    name: str
    label: str
    pieces: Render

    def render(self, results: Results, hits: Iterable[Hit] | None = None) -> Iterator[str]:
        """The results as pieces of text; ``hits`` stands for the results' own where they stream."""
        return self.pieces(results, results if hits is None else hits)


FORMATS: tuple[Format, ...] = (
    Format("text", "for reading", page.text),
    Format("json", "one JSON object, as the contract has it", data.as_json),
    Format("jsonl", "one JSON object a hit, a line each", data.jsonl),
    Format("csv", "a table for spreadsheets", data.as_csv),
    Format("markdown", "with quotes and links, for notes", markup.markdown),
    Format("html", "a page on its own", markup.html),
    Format("bibtex", "the documents found, for LaTeX", references.bibtex),
    Format("ris", "the documents found, for reference managers", references.ris),
    Format("trec", "a run, for evaluation", data.trec),
)


def format_named(name: str) -> Format:
    """The row of a format. Raises `UnknownFormat`, with the valid names."""
    for row in FORMATS:
        if row.name == name:
            return row
    names = [row.name for row in FORMATS]
    close = nearest(name, names)
    meant = f" Did you mean `{close}`?" if close else ""
    raise UnknownFormat(f"There is no format `{name}`.{meant} Choose one of: {', '.join(names)}.")
