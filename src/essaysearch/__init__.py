"""essaysearch: full-text search over essays, comment threads and paper abstracts.

import essaysearch
library = essaysearch.open_library("index")
hits = library.search("deceptive alignment", k=20)
"""

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
from essaysearch.library import Library, open_library
from essaysearch.model import Answered, Block, Diagnostic, Document, Hit, Passage, Skipped, Snippet
from essaysearch.search.asking import Search
from essaysearch.search.comparing import diff
from essaysearch.search.results import Results
from essaysearch.search.runs import Run

__version__ = "0.1.0"

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
