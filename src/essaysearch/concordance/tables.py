"""Rows that convert and show themselves: what a concordance, a list of words or a count by year is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from html import escape
from typing import TYPE_CHECKING, Any, ClassVar, SupportsIndex, TypeVar, overload

from essaysearch.errors import ExtraMissing, UnknownChoice
from essaysearch.model import Diagnostic

if TYPE_CHECKING:
    import pandas

    from essaysearch.concordance.plots import Plot

Row = TypeVar("Row")
MOST_SHOWN = 100
"""Rows that a notebook shows."""


class Table(list[Row]):
    """A list of rows of equal columns; a slice of it is a table too.

    ``title`` says of what, ``warnings`` what was odd about that; `columns` names the parts of a row.
    """

    columns: ClassVar[tuple[str, ...]] = ()
    blank: ClassVar[str] = ""
    """What a notebook shows where a row has no value."""

    def __init__(
        self, rows: Iterable[Row] = (), title: str = "", warnings: tuple[Diagnostic, ...] = ()
    ) -> None:
        super().__init__(rows)
        self.title, self.warnings = title, warnings

    @overload
    def __getitem__(self, at: SupportsIndex) -> Row: ...

    @overload
    def __getitem__(self, at: slice) -> Table[Row]: ...

    def __getitem__(self, at: SupportsIndex | slice) -> Row | Table[Row]:
        if isinstance(at, slice):
            return type(self)(super().__getitem__(at), self.title, self.warnings)
        return super().__getitem__(at)

    def values_of(self, row: Row) -> tuple[Any, ...]:
        """The parts of a row, in the order of `columns`."""
        return tuple(getattr(row, name) for name in self.columns)

    def to_dicts(self) -> list[dict[str, Any]]:
        """The rows as JSON values."""
        return [
            {
                name: list(value) if isinstance(value, tuple) else value
                for name, value in zip(self.columns, self.values_of(row), strict=True)
            }
            for row in self
        ]

    def to_dict(self) -> dict[str, Any]:
        """The whole table as JSON values: what ``--format json`` prints."""
        return {
            "schema": 1,
            "warnings": [asdict(warning) for warning in self.warnings],
            "rows": self.to_dicts(),
        }

    def to_pandas(self) -> pandas.DataFrame:
        """The rows as a DataFrame, in their order. Needs the extra ``notebook``."""
        try:
            import pandas
        except ImportError as error:
            raise ExtraMissing(
                "to_pandas needs pandas. Install it: `pip install 'essaysearch[notebook]'`."
            ) from error
        return pandas.DataFrame([self.values_of(row) for row in self], columns=list(self.columns))

    def counts(self, column: str) -> list[tuple[Any, int]]:
        """(value, rows that bear it), most frequent first: `lines.counts("voice")`.

        Raises `UnknownChoice` for a column that is none.
        """
        if column not in self.columns:
            raise UnknownChoice(f"There is no column `{column}`. There are: {', '.join(self.columns)}.")
        at = self.columns.index(column)
        counted = Counter(self.values_of(row)[at] for row in self)
        return sorted(counted.items(), key=lambda pair: (-pair[1], str(pair[0])))

    def plot(self) -> Plot:
        """A picture of the rows. Needs the extra ``notebook``."""
        raise NotImplementedError  # abstract: each kind of table draws itself

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{escape(name)}</th>" for name in self.columns)
        body = "".join(
            "<tr>"
            + "".join(
                f"<td>{escape(self.blank if value is None else _told(value))}</td>"
                for value in self.values_of(row)
            )
            + "</tr>"
            for row in self[:MOST_SHOWN]
        )
        more = (
            f"<caption>{len(self):,} rows; the first {MOST_SHOWN}</caption>" if len(self) > MOST_SHOWN else ""
        )
        return f"{self._odd()}<table>{more}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def _odd(self) -> str:
        """The warnings as HTML."""
        return "".join(f"<div>⚠ {escape(warning.message)}</div>" for warning in self.warnings)


def _told(value: Any) -> str:
    if isinstance(value, tuple):
        return "; ".join(map(str, value))
    return f"{value:.2f}" if isinstance(value, float) else str(value)
