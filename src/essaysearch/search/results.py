"""What a search gives back: a sequence of hits that prints, converts and shows itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, overload

from essaysearch.errors import EssaysearchError, ExtraMissing
from essaysearch.model import Diagnostic, Hit
from essaysearch.search.asking import Search, asked

if TYPE_CHECKING:
    import pandas

    from essaysearch.columnar.snapshot import Snapshot
    from essaysearch.concordance.collocates import Collocates
    from essaysearch.concordance.keyness import Keys
    from essaysearch.concordance.kwic import Lines
    from essaysearch.concordance.years import Years
    from essaysearch.expansion import Added
    from essaysearch.library import Library
    from essaysearch.search.runs import Entry, Run

SCHEMA = 1
_JSON_FIELDS = (
    "rank", "score", "passage_id", "doc_id", "kind", "title", "authors", "authors_complete",
    "authors_inferred", "date", "url", "path", "section", "karma", "text", "start", "end", "voice",
)  # fmt: skip


@dataclass(frozen=True)
class Results(Sequence[Hit]):
    """The hits of one search, best first.

    ``total`` counts everything that matches: passages, or groups where the search grouped.
    ``warnings`` say what was odd about the query. ``facets`` gives, by field, how many of all the
    matches bear each value, most frequent first (None: no value). ``expansion`` are the words that
    were added to the query, where that was asked for (else None). ``search`` is what was asked, of
    which ``library``; from them everything that goes on from results starts.

    >>> hits = library.search("pausing", k=3)
    >>> hits.total > len(hits), hits[0].rank
    (True, 1)
    """

    query: str
    hits: tuple[Hit, ...]
    total: int
    took_ms: float = 0.0
    warnings: tuple[Diagnostic, ...] = ()
    facets: dict[str, list[tuple[str | None, int]]] = field(default_factory=dict)
    group: str = "passage"
    search: Search | None = None
    library: Library | None = field(default=None, repr=False, compare=False)
    state: Snapshot | None = field(default=None, repr=False, compare=False)
    expansion: tuple[Added, ...] | None = None

    def __len__(self) -> int:
        return len(self.hits)

    @overload
    def __getitem__(self, at: int) -> Hit: ...

    @overload
    def __getitem__(self, at: slice) -> tuple[Hit, ...]: ...

    def __getitem__(self, at: int | slice) -> Hit | tuple[Hit, ...]:
        return self.hits[at]

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.hits)

    # Going on

    def narrow(self, query: str) -> Results:
        """The hits that match another query too, in the order they had; it ranks only where this does not.

        >>> hits = library.search("pausing").narrow("author:wick-alder").narrow("kind:comment")
        >>> {hit.authors for hit in hits}
        {('Hester Wick-Alder',)}
        """
        search, library = self._asked()
        return library.ask(replace(search, narrow=(*search.narrow, query), offset=0))

    def again(self, **options: Any) -> Results:
        """The same search with other options, named as in `Library.search`.

        >>> [hit.date[:4] for hit in library.search("pausing has:date").again(sort="-date", k=2)]
        ['2023', '2023']
        """
        search, library = self._asked()
        return library.ask(asked(search, **options))

    def more(self) -> Results:
        """The page after this one, empty after the last.

        >>> library.search("pausing", k=5).more()[0].rank
        6
        """
        search, library = self._asked()
        return library.ask(replace(search, offset=search.offset + len(self.hits)))

    # All that was found, as words and years

    def kwic(self, width: int = 50, sort: str = "place") -> Lines:
        """Every occurrence of what was asked for, in all that was found; see `Library.kwic`."""
        search, library = self._asked()
        return library.kwic(search, width, sort)

    def collocates(self, **options: Any) -> Collocates:
        """Words met near what was asked for, in all that was found; see `Library.collocates`."""
        search, library = self._asked()
        return library.collocates(search, **options)

    def keyness(self, other: str | Results | None = None, least: int = 3) -> Keys:
        """Words that tell all that was found from what another search finds, or from all the rest."""
        search, library = self._asked()
        against = other._asked()[0] if isinstance(other, Results) else other
        return library.keyness(search, against, least)

    def by_year(self) -> Years:
        """(year, passages) of all that was found; see `Library.by_year`."""
        search, library = self._asked()
        return library.by_year(search)

    def timeline(self, author: str | None = None) -> Years:
        """(year, passages in own words) of all that was found; see `Library.timeline`."""
        search, library = self._asked()
        return library.timeline(search, author)

    # To come back to

    @property
    def run(self) -> Run:
        """What was asked, of which library, and what came, to be saved and compared; see `runs.Run`.

        >>> run = library.search("pausing").run
        >>> run.save("pausing.json")
        >>> print(diff(Run.load("pausing.json"), run))
        The results are the same: 10 hits of ...
        """
        return self.run_with(self.hits)

    def run_with(self, hits: Iterable[Hit | Entry]) -> Run:
        """The run of a stream: these results and the hits that came with them."""
        from essaysearch.search.runs import run_of

        search, _ = self._asked()
        assert self.state is not None
        return run_of(self.state, search, self.total, hits)

    def _asked(self) -> tuple[Search, Library]:
        if self.search is None:
            raise EssaysearchError(
                "These results do not know what was asked; search for them with a library."
            )
        if self.library is None:
            raise EssaysearchError(
                "These results are a copy that has no library; ask again: `library.ask(results.search)`."
            )
        return self.search, self.library

    def __getstate__(self) -> dict[str, Any]:
        """Everything but the library, which stays where it is: copies know what was asked, not of whom."""
        return {**self.__dict__, "library": None, "state": None}

    # As other things

    def to_dicts(self) -> list[dict[str, Any]]:
        """The hits as JSON values, with the names of the JSON contract."""
        return [hit_dict(hit) for hit in self.hits]

    def to_dict(self, with_hits: bool = True) -> dict[str, Any]:
        """The whole answer as JSON values: what ``--format json`` prints."""
        answer: dict[str, Any] = {
            "schema": SCHEMA,
            "query": self.query,
            **({"narrow": list(self.search.narrow)} if self.search and self.search.narrow else {}),
            "total": self.total,
            "took_ms": round(self.took_ms, 3),
            "warnings": [
                {"kind": w.kind, "start": w.start, "end": w.end, "message": w.message} for w in self.warnings
            ],
        }
        if self.facets:
            answer["facets"] = {
                name: [{"value": value, "count": count} for value, count in rows]
                for name, rows in self.facets.items()
            }
        if self.expansion is not None:
            answer["expansion"] = [
                {"word": one.word, "weight": one.weight, "results": one.results} for one in self.expansion
            ]
        if with_hits:
            answer["hits"] = self.to_dicts()
        return answer

    def citations(self) -> list[str]:
        """A line for each hit that says where it comes from.

        >>> library.search("pausing kind:essay", k=1).citations()[0][:52]
        'Hester Wick-Alder, “Brakes That Are Wired to Somethi'
        """
        from essaysearch.notebook import citations

        return citations(self)

    def to_pandas(self) -> pandas.DataFrame:
        """The hits as a DataFrame, a row each, in their order. Needs the extra ``notebook``."""
        try:
            import pandas
        except ImportError as error:
            raise ExtraMissing(
                "to_pandas needs pandas. Install it: `pip install 'essaysearch[notebook]'`."
            ) from error
        rows = self.to_dicts()
        columns = [*_JSON_FIELDS, "snippet", "answers", *(["size"] if self.group != "passage" else [])]
        columns += ["answered_by"] if self.group == "exchange" else []
        for row in rows:
            row.pop("snippets", None)
            row["snippet"] = row["snippet"]["text"]
            for name in ("answers", "answered_by"):
                row[name] = row[name]["text"] if row.get(name) else None
        return pandas.DataFrame(rows, columns=columns)

    def __repr__(self) -> str:
        return f"<Results for {self.asked!r}: {len(self.hits)} of {self.total}>"

    @property
    def asked(self) -> str:
        """The query, and behind it those that narrow it."""
        return self.search.asked if self.search else self.query

    def _repr_html_(self) -> str:
        from essaysearch.notebook import cards

        return cards(self)


def hit_dict(hit: Hit) -> dict[str, Any]:
    """One hit as JSON values."""
    row: dict[str, Any] = {name: getattr(hit, name) for name in _JSON_FIELDS}
    for name in ("authors", "authors_inferred"):
        row[name] = list(row[name])
    row["answers"] = {"passage_id": hit.answers.passage_id, "text": hit.answers.text} if hit.answers else None
    row["snippet"] = {"text": hit.snippet.text, "spans": [list(span) for span in hit.snippet.spans]}
    if hit.size is not None:
        row["size"] = hit.size
    if hit.answered_by:
        row["answered_by"] = {"passage_id": hit.answered_by.passage_id, "text": hit.answered_by.text}
    if len(hit.snippets) > 1:
        row["snippets"] = [
            {
                "passage_id": shown.passage_id or hit.passage_id,
                "text": shown.text,
                "spans": [list(span) for span in shown.spans],
            }
            for shown in hit.snippets
        ]
    return row
