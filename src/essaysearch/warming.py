"""``python -m essaysearch.warming``: compile the kernels of queries, by asking one of each kind."""

from __future__ import annotations

from tempfile import TemporaryDirectory

from essaysearch.columnar.compiling import compiled
from essaysearch.library import open_library
from essaysearch.model import Block, Document

_QUERIES = (
    "tide", "tide moss", "tide moss lantern", "+tide +moss", "+tide +moss lantern", "tide -moss",
    '"tide moss"', '"tide moss lantern"', "tide NEAR/3 moss", "ti*", "fuzzy~ tide", "mos?", "/m.ss/",
    "tide kind:essay", "+tide +moss year:2023", '"tide moss" author:fenn', "ti* kind:essay", "own:tide",
    "title:moss lantern", "(tide OR moss) AND lantern", "same:document(tide AND moss)",
)  # fmt: skip


def main() -> None:
    """Ask; what is compiled on the way is kept by Numba."""
    text = "The tide leaves moss on the lantern. A lantern, a tide and moss."
    with TemporaryDirectory() as place:
        library = open_library(place, create=True, fast=True)
        blocks = (Block(0, len(text)),)
        library.add(
            Document(f"d{number}", "essay", text, blocks, "Moss", ("Odile Fenn",), date="2023")
            for number in range(300)
        )
        for query in _QUERIES:
            library.search(query)
            library.search(query, proximity=False, k=200)
            library.search(query, group="document", facets=("kind",))
            library.search(query, sort="date", k=None)
            library.scores(query)
            library.documents(query, k=10)
    compiled()


if __name__ == "__main__":
    main()
