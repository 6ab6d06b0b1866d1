"""Paths to documents: which files to read, by which reader, and what could not be read and why.

One bad file never stops a run: whatever goes wrong with it becomes a `Skipped` with a sentence,
and what was read of it before stays.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from importlib import import_module
from itertools import chain
from operator import attrgetter
from pathlib import Path
from typing import Any

from essaysearch.columnar.manifest import NAME as INDEX_FILE
from essaysearch.errors import ExtraMissing, ReadError
from essaysearch.filling.aliases import NAME as ALIASES
from essaysearch.filling.overrides import SUFFIX, overrides_for
from essaysearch.model import Document, Reading, Skipped, SourceFacts
from essaysearch.readers.comment_page import LOST_MARKS
from essaysearch.readers.dates import parse_date
from essaysearch.readers.names import authors_of
from essaysearch.readers.protocol import Reader
from essaysearch.readers.source import SourceFile
from essaysearch.readers.table import reader_named, sniff
from essaysearch.readers.tally import Tally

_GONE = re.compile(r"\[\s*(?:deleted|removed)(?: by [^\[\]]{1,20})?\s*\]", re.I)
"""What forums put where an author or a text stood."""
_HALF_SURROGATE = re.compile("[\ud800-\udfff]")
_PAGE_SUFFIXES = (".html", ".htm", ".xhtml", ".mhtml")


def discover(paths: Iterable[str | os.PathLike[str]]) -> Iterator[str | Skipped]:
    """The files to read at and under the paths, each once, directories in the order of their names.

    A file named outright is read whatever it is called. Under a directory, hidden files and
    directories, files of corrections, topic files (``topics/*.toml``) and their judgments,
    ``authors.toml``, the folder of assets that a browser saves beside a page, and the index itself
    are left out. A path that does not exist, a directory that cannot be entered and one without any
    file to read are `Skipped`.
    """
    seen: set[tuple[int, int]] = set()
    for given in paths:
        path = os.fspath(given)
        try:
            status = os.stat(path)
        except OSError as error:
            yield Skipped(shown(path), _no_path(path, error))
            continue
        if not stat.S_ISDIR(status.st_mode):
            yield from _file(path, status, seen)
            continue
        empty = True
        for found in _under(path, seen):
            empty = False
            yield found
        if empty:
            yield Skipped(
                shown(path), "The directory holds no files to read, or none that were not read already."
            )


def read(
    path: str | os.PathLike[str], as_: str | None = None, defaults: Mapping[str, str] | None = None
) -> Iterator[Reading]:
    """What a file holds, one document at a time, each with its reader and its absolute path filled in.

    ``as_`` names the reader, which the content chooses otherwise. ``defaults`` may give ``author``
    (several apart by semicolons), ``date`` and ``url``; they replace what the file says, but leave
    ids as they are. Raises `UnknownReader`; all else that goes wrong is yielded as `Skipped`.
    """
    forced = reader_named(as_) if as_ else None
    source = SourceFile(os.fspath(path), defaults=dict(defaults or {}))
    try:
        fixed = overrides(source.defaults)
        if not source.head:
            raise ReadError(f"{source.path}: the file is empty.")
        reader = forced or sniff(source)
        corrections = overrides_for(source.path)
        noted, told, gone = 0, False, Tally(source)
        place = shown(os.path.abspath(source.path))
        for reading in reader.read(source):
            told = told or not isinstance(reading, SourceFacts)
            if isinstance(reading, Document) and _GONE.fullmatch(reading.text):
                gone.add(
                    f"{reading.kind} was", f"{reading.kind}s were", "deleted: no text is left", reading.id
                )
            elif isinstance(reading, Document):
                notes = tuple(source.notes[noted:])
                noted = len(source.notes)
                document = _finished(reading, reader, place, notes, fixed)
                yield corrections.apply(document) if corrections is not None else document
            else:
                placed = os.path.abspath(reading.path) if isinstance(reading, SourceFacts) else reading.path
                yield replace(reading, path=shown(placed))
        yield from gone.skipped()
        if source.broken:
            told = True
            yield Skipped(shown(source.path), source.broken)
        if corrections is not None:
            yield from corrections.complaints()
        if not told:
            yield Skipped(shown(source.path), f"The file holds nothing that the reader {reader.name} reads.")
        if len(source.notes) > noted:
            yield SourceFacts(place, {"notes": source.notes[noted:]})
    except (ReadError, ExtraMissing) as error:
        yield Skipped(shown(source.path), _sentence(str(error).removeprefix(f"{source.path}: ")))
    except Exception as error:
        # A reader's own mistake: named here, so that every other file is still read.
        yield Skipped(
            shown(source.path), f"Reading stopped at an unforeseen {type(error).__name__}: {error}."
        )


def shown(path: str) -> str:
    """The path as text that can be stored and printed; bytes that are no UTF-8 become U+FFFD."""
    return os.fsencode(path).decode("utf-8", "replace")


def _no_path(path: str, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "There is no such file or directory."
    return f"The path cannot be read: {error.strerror or error}."


def _sentence(text: str) -> str:
    """What an error says behind the path, as a sentence of its own."""
    if text.startswith(("is ", "cannot ")):
        text = f"the file {text}"
    return text[:1].upper() + text[1:]


def _file(path: str, status: os.stat_result, seen: set[tuple[int, int]]) -> Iterator[str | Skipped]:
    if not stat.S_ISREG(status.st_mode):
        yield Skipped(shown(path), "The path is neither a file nor a directory.")
    elif (identity := (status.st_dev, status.st_ino)) not in seen:
        seen.add(identity)
        yield path


def _under(directory: str, seen: set[tuple[int, int]]) -> Iterator[str | Skipped]:
    """The files under a directory, depth first; a directory met before (a link's circle) is left."""
    waiting = [directory]
    while waiting:
        path = waiting.pop()
        try:
            status = os.stat(path)
            if not stat.S_ISDIR(status.st_mode):
                yield from _file(path, status, seen)
                continue
            names = sorted(os.listdir(path))
        except FileNotFoundError:
            link = os.path.islink(path)
            why = "The link leads to no file." if link else "The file vanished before it was read."
            yield Skipped(shown(path), why)
            continue
        except OSError as error:
            yield Skipped(shown(path), f"The path cannot be read: {error.strerror or error}.")
            continue
        identity = (status.st_dev, status.st_ino)
        if identity in seen or INDEX_FILE in names:
            continue
        seen.add(identity)
        kept = [name for name in names if _is_source(name, Path(path).name, names)]
        waiting.extend(os.path.join(path, name) for name in reversed(kept))


def _is_source(name: str, directory: str, beside: list[str]) -> bool:
    if name.startswith(".") or name.endswith(SUFFIX):
        return False
    if name == ALIASES or (directory == "topics" and name.endswith((".toml", ".judgments.jsonl"))):
        return False
    if name.endswith("_files"):
        return not any(name.removesuffix("_files") + suffix in beside for suffix in _PAGE_SUFFIXES)
    return True


def overrides(defaults: Mapping[str, str]) -> dict[str, Any]:
    """The fields of a document that ``author``, ``date`` and ``url`` given from outside replace.

    Raises `ReadError` where the date is none.
    """
    fixed: dict[str, Any] = {}
    if author := defaults.get("author"):
        fixed.update(authors=authors_of(author)[0], authors_complete=True, authors_inferred=())
    if given := defaults.get("date"):
        date = parse_date(given)
        if date is None:
            raise ReadError(f'"{given}" is no date; write one such as 2023-06-11, 2023-06 or 2023.')
        fixed.update(date=date, date_inferred="")
    if url := defaults.get("url"):
        fixed.update(url=url)
    return fixed


def _finished(
    document: Document, reader: Reader, place: str, notes: tuple[str, ...], fixed: Mapping[str, Any]
) -> Document:
    """The document with what only the run knows: reader, path, overrides, notes, voices."""
    document = _mended(document)
    known = {
        "reader": reader.name,
        "path": place,
        "notes": document.notes + notes,
        **fixed,
    }
    document = _storable(Document(**{**dict(zip(_FIELDS, _values_of(document), strict=True)), **known}))
    return _voiced(document) if any(block.reason == LOST_MARKS for block in document.blocks) else document


def _mended(document: Document) -> Document:
    """The document without an author who was deleted, and without itself for a parent."""
    changed: dict[str, Any] = {}
    notes = document.notes
    if any(name[:1] == "[" and _GONE.fullmatch(name) for name in document.authors):
        changed["authors"] = tuple(name for name in document.authors if not _GONE.fullmatch(name))
        notes = (*notes, "its author was deleted")
    if document.parent == document.id:
        changed["parent"] = document.thread if document.thread != document.id else None
        notes = (*notes, "it names itself as its parent")
    return replace(document, notes=notes, **changed) if changed else document


def _voiced(document: Document) -> Document:
    """The document with the voices that can be inferred, where the module that infers is there."""
    try:
        infer: Callable[[Document], Document] = import_module("essaysearch.voices.unmarked").infer
    except ModuleNotFoundError as error:
        if error.name != "essaysearch.voices.unmarked":
            raise
        return document
    return infer(document)


# What is left of Windows-1252 where its bytes were once taken for Latin-1.
_LOST_1252 = re.compile(r"[\x80\x82-\x8c\x8e\x91-\x9c\x9e\x9f]")
_AS_1252 = {
    n: bytes([n]).decode("cp1252") for n in (0x80, *range(0x82, 0x8D), 0x8E, *range(0x91, 0x9D), 0x9E, 0x9F)
}
_LARGE = 1 << 20
"""A text of so many characters is not copied to be looked at."""
_TEXTS = ("id", "text", "title", "url", "source", "thread", "parent", "date")
_LISTS = ("authors", "authors_inferred", "categories")
_FIELDS = tuple(Document.__dataclass_fields__)
_values_of, _texts_of, _lists_of = attrgetter(*_FIELDS), attrgetter(*_TEXTS), attrgetter(*_LISTS)


def _storable(document: Document) -> Document:
    """The document without characters that no file can hold (half surrogates, zeros); no offset moves."""
    changed: dict[str, Any] = {}
    if any(not text.isascii() and _LOST_1252.search(text) for text in (document.text, document.title or "")):
        title = document.title.translate(_AS_1252) if document.title else None
        note = "control characters were read as the quotes and dashes that they are in Windows-1252"
        notes = (*document.notes, note)
        document = replace(document, text=document.text.translate(_AS_1252), title=title, notes=notes)
    if not document.metadata and len(document.text) < _LARGE:
        texts = "\n".join(filter(None, (*_texts_of(document), *chain(*_lists_of(document)))))
        if _clean(texts) == texts:
            return document
    for name in (*_TEXTS, *_LISTS, "metadata"):
        value = getattr(document, name)
        if value and (clean := _clean(value)) != value:
            changed[name] = clean
    if not changed:
        return document
    note = "characters that cannot be stored were replaced"
    return replace(document, notes=(*document.notes, note), **changed)


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        if value.isascii():
            return value.replace("\0", " ") if "\0" in value else value
        try:
            value.encode()
        except UnicodeEncodeError:
            value = _HALF_SURROGATE.sub("\ufffd", value)
        return value.replace("\0", " ")
    if isinstance(value, Mapping):
        return {_clean(key): _clean(part) for key, part in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(map(_clean, value))
    return value
