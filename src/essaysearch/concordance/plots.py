"""Pictures of tables, as PNG or SVG. One module owns matplotlib; it is loaded when a picture is asked for."""

from __future__ import annotations

import io
import os
from collections import Counter
from typing import TYPE_CHECKING, Any

from essaysearch.errors import EssaysearchError, ExtraMissing, UnknownChoice

if TYPE_CHECKING:
    from essaysearch.concordance.collocates import Collocates
    from essaysearch.concordance.keyness import Keys
    from essaysearch.concordance.kwic import Lines
    from essaysearch.concordance.years import Years

FORMATS = ("png", "svg")
_BLUE, _RED, _GREY = "#3b6ea5", "#b5523b", "#9a9a9a"
_OF_VOICE = {"own": _BLUE, "quoted": _RED, "unknown": _GREY}
_MOST_STRIPS = 40
_MOST_BARS = 30
_LONGEST = 40


class Plot:
    """A picture: notebooks show it, `save` writes it; ``figure`` is matplotlib's, for what is not here."""

    def __init__(self, figure: Any) -> None:
        self.figure = figure

    def __repr__(self) -> str:
        return (
            f"<Plot of {self.figure.axes[0].get_title('left') or self.figure.axes[0].get_title('right')!r}>"
        )

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the picture; the name's ending says how, ``.png`` or ``.svg``.

        The same table gives the same SVG. Raises `UnknownChoice` for another ending.
        """
        name = os.fspath(path)
        kind = checked(name)
        try:
            with open(name, "wb") as file:
                file.write(self._bytes(kind))
        except OSError as error:
            raise EssaysearchError(f"{name}: cannot be written: {error.strerror or error}.") from error

    def _bytes(self, kind: str) -> bytes:
        import matplotlib

        buffer = io.BytesIO()
        settings: Any = {"svg.hashsalt": "essaysearch", "svg.fonttype": "none"}
        with matplotlib.rc_context(settings):
            self.figure.savefig(
                buffer, format=kind, dpi=144, metadata={"Date": None} if kind == "svg" else None
            )
        return buffer.getvalue()

    def _repr_png_(self) -> bytes:
        return self._bytes("png")


def checked(path: str) -> str:
    """The kind of picture that a name's ending asks for. Raises `UnknownChoice`."""
    kind = os.path.splitext(path)[1].lower().removeprefix(".")
    if kind not in FORMATS:
        raise UnknownChoice(f"{path}: a plot is written as .png or .svg; end its name so.")
    return kind


def _axes(width: float, height: float) -> tuple[Any, Any]:
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ExtraMissing(
            "Plots need matplotlib. Install it: `pip install 'essaysearch[notebook]'`."
        ) from error
    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def years(rows: Years) -> Plot:
    """A bar for each year; the undated stand apart, hatched."""
    from matplotlib.ticker import MaxNLocator

    dated = [(year, count) for year, count in rows if year is not None]
    undated = sum(count for year, count in rows if year is None)
    figure, axes = _axes(7, 3)
    axes.bar([year for year, _ in dated], [count for _, count in dated], color=_BLUE)
    if undated:
        apart = max((year for year, _ in dated), default=0) + 2
        axes.bar([apart], [undated], color="white", edgecolor=_GREY, hatch="///")
        axes.annotate("undated", (apart, 0), (0, -12), textcoords="offset points", ha="center", va="top")
    axes.set_ylabel("passages")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    if dated:
        step = max(1, len(dated) // 12 + (len(dated) % 12 > 0))
        axes.set_xticks([year for year, _ in dated][::step])
    else:
        axes.set_xticks([])
    _titled(axes, rows.title)
    return Plot(figure)


def dispersion(lines: Lines) -> Plot:
    """A strip for each document, a tick for each occurrence, coloured by voice; fullest documents first."""
    counted = Counter(line.doc_id for line in lines)
    names = sorted(counted, key=lambda name: (-counted[name], name))
    shown = names[:_MOST_STRIPS]
    label = {line.doc_id: _label(line.authors, line.date, line.doc_id) for line in lines}
    figure, axes = _axes(8, 1 + 0.24 * max(1, len(shown)))
    for voice, colour in _OF_VOICE.items():
        held = [line for line in lines if line.voice == voice and line.doc_id in shown]
        if held:
            heights = [shown.index(line.doc_id) for line in held]
            axes.plot([line.place for line in held], heights, "|", color=colour, markersize=9, label=voice)
    axes.set_yticks(range(len(shown)), [f"{label[name]} ({counted[name]})" for name in shown], fontsize=7)
    axes.set_ylim(max(1, len(shown)) - 0.5, -0.5)
    axes.set_xlim(-0.01, 1.01)
    axes.set_xticks([0, 0.5, 1], ["beginning", "middle", "end"])
    if lines:
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, frameon=False, fontsize=8)
    if len(names) > len(shown):
        axes.set_xlabel(f"{len(names) - len(shown):,} documents with fewer occurrences are not shown")
    _titled(axes, lines.title, "right")
    return Plot(figure)


def bars(rows: Collocates | Keys, measure: str) -> Plot:
    """A bar for each word, the strongest first; of both ends where some are below zero."""
    words = [(row.word, row.score) for row in rows]
    if len(words) > _MOST_BARS:
        below = [pair for pair in words if pair[1] < 0][-_MOST_BARS // 2 :]
        words = words[: _MOST_BARS - len(below)] + below
    figure, axes = _axes(6, 1 + 0.22 * max(1, len(words)))
    places = range(len(words))
    axes.barh(places, [score for _, score in words], color=[_RED if s < 0 else _BLUE for _, s in words])
    axes.set_yticks(places, [word for word, _ in words], fontsize=8)
    axes.set_ylim(max(1, len(words)) - 0.4, -0.6)
    axes.axvline(0, color="black", linewidth=0.6)
    axes.set_xlabel(measure)
    _titled(axes, rows.title)
    return Plot(figure)


def _label(authors: tuple[str, ...], date: str | None, name: str) -> str:
    """A document in few words, distinct enough to be found again."""
    who = f"{authors[0] if authors else 'unknown'}, {(date or 'undated')[:10]}"
    rest = _LONGEST - len(who)
    tail = name if len(name) <= rest else "…" + name[-max(8, rest) :]
    return _plain(f"{who}, {tail}")


def _titled(axes: Any, title: str, place: str = "left") -> None:
    axes.set_title(_plain(title), loc=place, fontsize=9)


def _plain(text: str) -> str:
    """Text that matplotlib does not read as mathematics."""
    return text.replace("$", r"\$")
