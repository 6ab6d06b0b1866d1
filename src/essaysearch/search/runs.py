"""A search that was run, kept: what was asked, of which library, and what came."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timezone
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from essaysearch.columnar.snapshot import Snapshot
from essaysearch.errors import RunError, UnknownChoice
from essaysearch.model import Hit
from essaysearch.search.asking import Search
from essaysearch.search.states import State, digest_of, state_of
from essaysearch.text.analysis import ANALYZER_VERSION

if TYPE_CHECKING:
    from essaysearch.library import Library

SCHEMA = 1


class Entry(NamedTuple):
    """A place of a run: the passage that stood there, its document and its score."""

    passage_id: str
    doc_id: str
    score: float


@dataclass(frozen=True)
class Run:
    """A search and what it gave, as a value: it prints, is saved, read back, and run again.

    ``search`` has its day filled in, so that relative dates mean the same later. ``state``: the
    documents of the library then; ``analyzer``: how words became terms; ``version``: of
    essaysearch, empty where not known; ``total``: how many matched; ``entries``: the hits, in
    order; ``made``: when, ISO 8601 in UTC, which no comparison looks at.

    >>> run = library.search("pausing", k=3).run
    >>> run.again(library) == run
    True
    >>> len(run.digest), run.search.k
    (16, 3)
    """

    search: Search
    state: State
    analyzer: int
    version: str
    total: int
    entries: tuple[Entry, ...] = field(repr=False)
    made: str = field(default="", compare=False)

    @cached_property
    def digest(self) -> str:
        """16 hexadecimal digits of the ordered result: which passages, in which order, of how many."""
        return digest_of("\n".join([str(self.total), *(e.passage_id for e in self.entries)]).encode())

    @property
    def library(self) -> str:
        """The digest of the library that was searched."""
        return self.state.digest

    def again(self, library: Library) -> Run:
        """The same search, run now on a library."""
        return library.ask(self.search).run

    def to_dict(self) -> dict[str, Any]:
        """The run as JSON values: what `save` writes. Raises `RunError` for one with an encoder."""
        if self.search.encoder is not None:
            raise RunError(
                "A search with an encoder of your own cannot be kept in a file: it could not be run again "
                "from it. Search without `encoder`, or write the results down with `to_pandas`."
            )
        return {
            "schema": SCHEMA,
            "search": self.search.to_dict(),
            "made": self.made,
            "essaysearch": self.version,
            "analyzer": self.analyzer,
            "library": {
                "digest": self.library,
                "documents": len(self.state),
                "table": base64.b64encode(self.state.table).decode("ascii"),
            },
            "result": {
                "digest": self.digest,
                "total": self.total,
                "hits": [entry._asdict() for entry in self.entries],
            },
        }

    @classmethod
    def from_dict(cls, told: Any) -> Run:
        """The run that `to_dict` told. Raises `RunError` for what is none."""
        try:
            if told["schema"] != SCHEMA:
                raise RunError(f"It was saved in schema {told['schema']}; this essaysearch reads {SCHEMA}.")
            result, library = told["result"], told["library"]
            run = cls(
                search=Search.from_dict(told["search"]),
                state=State(base64.b64decode(library["table"], validate=True)),
                analyzer=int(told["analyzer"]),
                version=str(told["essaysearch"]),
                total=int(result["total"]),
                entries=tuple(
                    Entry(str(row["passage_id"]), str(row["doc_id"]), float(row["score"]))
                    for row in result["hits"]
                ),
                made=str(told["made"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise RunError(f"It is no saved search ({type(error).__name__}: {error}).") from None
        except UnknownChoice as error:
            raise RunError(str(error)) from None
        if (run.digest, run.library) != (result["digest"], library["digest"]):
            raise RunError("Its content was changed since it was saved: the digests do not fit it.")
        return run

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the run to a JSON file. Raises `RunError` where it cannot be written."""
        text = json.dumps(self.to_dict(), ensure_ascii=False, indent=1)
        try:
            Path(path).write_text(text + "\n", encoding="utf-8", errors="surrogatepass")
        except OSError as error:
            raise RunError(f"{path}: cannot be written: {error.strerror or error}.") from error

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Run:
        """Read a run that `save` wrote. Raises `RunError`, naming the file and what is wrong with it."""
        try:
            return cls.from_dict(json.loads(Path(path).read_text(encoding="utf-8", errors="surrogatepass")))
        except OSError as error:
            raise RunError(f"{path}: cannot be read: {error.strerror or error}.") from error
        except ValueError as error:
            raise RunError(f"{path}: is no JSON ({error}). Save one with `search --save`.") from None
        except RunError as error:
            raise RunError(f"{path}: {error}") from None


def run_of(snapshot: Snapshot, search: Search, total: int, hits: Iterable[Hit | Entry]) -> Run:
    """What a search of a snapshot gave, as a run."""
    now = datetime.now(timezone.utc).isoformat(timespec="seconds")
    entries = tuple(Entry(hit.passage_id, hit.doc_id, hit.score) for hit in hits)
    dated = search.on(date.today())
    return Run(dated, state_of(snapshot), ANALYZER_VERSION, _version(), total, entries, now)


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("essaysearch")
    except PackageNotFoundError:
        return ""
