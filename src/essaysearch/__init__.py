"""essaysearch: full-text search over essays, comment threads and paper abstracts.

import essaysearch
library = essaysearch.open_library("index")
hits = library.search("deceptive alignment", k=20)
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from essaysearch.errors import (
    EngineConflict,
    EssaysearchError,
    ExtraMissing,
    ForeignWriter,
    IndexDamaged,
    IndexLocked,
    IndexMissing,
    IndexReadOnly,
    IndexVersion,
    NotAnIndex,
    QueryTooLarge,
    ReadError,
    RunError,
    UnknownFormat,
    UnknownId,
    UnknownReader,
)

if TYPE_CHECKING:
    from essaysearch.library import Library, open_library
    from essaysearch.model import Answered, Block, Diagnostic, Document, Hit, Passage, Skipped, Snippet
    from essaysearch.search.asking import Search
    from essaysearch.search.comparing import diff
    from essaysearch.search.results import Results
    from essaysearch.search.runs import Run

__version__ = "0.1.0"

_HOMES = {
    "library": ("Library", "open_library"),
    "model": ("Answered", "Block", "Diagnostic", "Document", "Hit", "Passage", "Skipped", "Snippet"),
    "search.asking": ("Search",),
    "search.comparing": ("diff",),
    "search.results": ("Results",),
    "search.runs": ("Run",),
}
"""The modules whose names stand here too, each loaded when one of them is first asked for."""

__all__ = [
    "Answered",
    "Block",
    "Diagnostic",
    "Document",
    "EngineConflict",
    "EssaysearchError",
    "ExtraMissing",
    "ForeignWriter",
    "Hit",
    "IndexDamaged",
    "IndexLocked",
    "IndexMissing",
    "IndexReadOnly",
    "IndexVersion",
    "Library",
    "NotAnIndex",
    "Passage",
    "QueryTooLarge",
    "ReadError",
    "Results",
    "Run",
    "RunError",
    "Search",
    "Skipped",
    "Snippet",
    "UnknownFormat",
    "UnknownId",
    "UnknownReader",
    "__version__",
    "diff",
    "open_library",
]


if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        for home, names in _HOMES.items():
            if name in names:
                found = globals()[name] = getattr(import_module(f"{__name__}.{home}"), name)
                return found
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
