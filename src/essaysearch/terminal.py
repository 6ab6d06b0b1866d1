"""Results on a terminal, in colour, by rich."""

from __future__ import annotations

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from essaysearch.formats import facts_of, place_of, title_of
from essaysearch.readable import readable
from essaysearch.results import Results


def show_results(results: Results) -> None:
    """Print hits with what matched in bold colour."""
    console = Console(highlight=False)
    for hit in results:
        console.print(Text(f"{hit.rank}. {title_of(hit)}", style="bold cyan"))
        console.print(Padding(Text(facts_of(hit), style="dim"), (0, 0, 0, 3)))
        if hit.answers:
            answered = " ".join(readable(hit.answers.text)[0].split())
            shown = Text(f"in answer to: {answered}", style="dim italic", no_wrap=True, overflow="ellipsis")
            console.print(Padding(shown, (0, 0, 0, 3)))
        text = Text(hit.snippet.text)
        for start, end in hit.snippet.spans:
            text.stylize("bold yellow", start, end)
        console.print(Padding(text, (0, 0, 0, 3)))
        console.print(Padding(Text(f"{place_of(hit)}  {hit.passage_id}", style="dim"), (0, 0, 1, 3)))
