"""Every error a user can meet, drawn as one tree.

Each message is a sentence: what happened, where, and what to do. Exceptions of other
libraries are mapped to these at the border of the module that owns the library.
"""

from __future__ import annotations


class EssaysearchError(Exception):
    """Root of everything essaysearch raises on purpose."""


class IndexError_(EssaysearchError):
    """Something about an index on disk."""


class IndexMissing(IndexError_):
    """The directory holds no index."""


class NotAnIndex(IndexError_):
    """The directory holds other files; essaysearch will not write there."""


class IndexDamaged(IndexError_):
    """A file of the index is missing, truncated, resized, or fails its checksum."""


class IndexVersion(IndexError_):
    """The index was written in another format version, or with another analyzer."""


class ForeignWriter(IndexError_):
    """Stock Whoosh wrote into the directory."""


class IndexLocked(IndexError_):
    """Another process is writing, and did not finish in time."""


class IndexReadOnly(IndexError_):
    """The directory cannot be written."""


class ReadError(EssaysearchError):
    """A source file could not be read; the run goes on with the next file."""


class UnknownReader(EssaysearchError):
    """`--as` names no reader."""


class UnknownFormat(EssaysearchError):
    """`--format` names no output format."""


class UnknownChoice(EssaysearchError):
    """A group, sort key or facet that does not exist, or an option of a search that cannot be so."""


class RunError(EssaysearchError):
    """A saved search cannot be read, or not be written."""


class TopicError(EssaysearchError):
    """A topic that does not exist, or a topic file that cannot be read."""


class UnknownId(EssaysearchError):
    """No passage or document bears this id."""


class QueryTooLarge(EssaysearchError):
    """The query exceeds a cap on length, clauses, nesting or expansions."""


class ExtraMissing(EssaysearchError):
    """An optional dependency is not installed; the message gives its install line."""


class EngineConflict(EssaysearchError):
    """whoosh3 is not the Whoosh that is installed."""
