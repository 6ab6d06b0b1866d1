"""What the model of unmarked quotes learns from and is measured on: pages, labels and their repair.

Labels as given call a paragraph quoted where its source set it off as a block quote. Many writers
did not: they copied a sentence and answered it, bare or in italics that the page has lost. Two
repairs find such paragraphs, and every figure says which labels it is measured on.

``given``   the block quotes of the sources.
``proven``  given, and paragraphs at least half of whose runs of five words stand in an earlier text
            by another author of the same forums (needs ``scale/lesswrong_epub.jsonl.gz``).
``read``    proven, and paragraphs that were read one by one and found to be quotes
            (``voices_read.json``: comment ids and paragraph numbers, no text).

What is measured is measured on the collection's pages. Two more sources only help the training:
the comments of the same forums that the collection does not hold, and those of another forum.
"""

from __future__ import annotations

import gzip
import html
import json
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from pathlib import Path

SHARED = Path(__file__).resolve().parents[2] / "shared"
PAGES = SHARED / "collections" / "quotes" / "pages.jsonl.gz"
LIBRARY = SHARED / "scale" / "lesswrong_epub.jsonl.gz"
FORUM = SHARED / "samples" / "hackernews" / "hn-comments-1000-sample.jsonl"
READ = Path(__file__).resolve().parent / "voices_read.json"

RUN = 5
UNDATED = "9000-01-01"
"""Stands for the day of a comment without one: a post that shares its words is taken for the earlier."""
_WORD = re.compile(r"[a-z0-9]+")
_STATED = re.compile(r"Post author:\s*(.{1,40}?)\s+(\d{1,2})\s+([A-Z][a-z]+)\s+(\d{4})")
_MONTHS = "January February March April May June July August September October November December".split()


@dataclass(frozen=True)
class Page:
    """An author's paragraphs in order. ``places`` are (comment id, number in the comment)."""

    author: str
    texts: list[str]
    starts: list[bool]
    given: list[bool]
    places: list[tuple[str, int]]


@dataclass(frozen=True)
class Post:
    """``day`` is year-month-day, or "" where it is not told."""

    id: str
    author: str
    day: str
    text: str


def forum_pages(path: Path = PAGES) -> list[Page]:
    """The pages with known quotes, one an author."""
    pages = []
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            held = [(c["id"], n, p) for c in row["comments"] for n, p in enumerate(c["paragraphs"])]
            pages.append(
                Page(
                    row["author"],
                    [p["text"] for _, _, p in held],
                    [n == 0 for _, n, _ in held],
                    [p["quoted"] for _, _, p in held],
                    [(comment, n) for comment, n, _ in held],
                )
            )
    return pages


def more_forum_pages(known: list[Page], path: Path = LIBRARY) -> list[Page]:
    """The comments of the same forums that ``known`` lacks, by author: most by other people.

    Their block quotes begin with a line ``>`` that is all their source kept of the mark. Where one
    ends is not told: its first paragraph is taken for the whole, as nine in ten are.
    """
    held = {comment for page in known for comment, _ in page.places}
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            comment = "body_t1_" + row["_id"].removeprefix("comment-")
            if row["kind"] == "comment" and comment not in held:
                found[row["author"]].append((comment, row["text"]))
    pages = []
    for author, comments in found.items():
        rows = [
            (comment, n, *told)
            for comment, text in comments
            for n, told in enumerate(_marked_paragraphs(text))
        ]
        if rows:
            pages.append(
                Page(
                    author,
                    [text for _, _, text, _ in rows],
                    [n == 0 for _, n, _, _ in rows],
                    [quoted for *_, quoted in rows],
                    [(comment, n) for comment, n, _, _ in rows],
                )
            )
    return pages


def _marked_paragraphs(text: str) -> list[tuple[str, bool]]:
    """Paragraphs, and whether a ``>`` stands before each."""
    found = []
    marked = False
    for piece in re.split(r"\n\s*\n", text):
        bare = piece.strip().lstrip("> ").strip()
        marked |= piece.strip().startswith(">")
        if bare:
            found.append((bare, marked))
            marked = False
    return found


def person(author: str) -> str:
    """Who writes under a name, as far as spelling tells."""
    return _name(author) or author


def other_forum_pages(path: Path = FORUM) -> list[Page]:
    """Single comments of a forum whose writers mark quotes by a leading ``>``, the mark taken off."""
    pages = []
    with path.open(encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            held = []
            for piece in re.split(r"<p>", row.get("text") or ""):
                piece = re.sub(r'<a [^>]*href="([^"]*)"[^>]*>.*?</a>', r"\1", piece)
                text = html.unescape(re.sub(r"<[^>]+>", "", piece)).strip()
                bare = re.sub(r"(?m)^>+\s*", "", text)
                if bare:
                    held.append((bare, text.startswith(">")))
            if held:
                places = [(str(row["id"]), n) for n in range(len(held))]
                starts = [n == 0 for n in range(len(held))]
                pages.append(Page(row["by"], [t for t, _ in held], starts, [q for _, q in held], places))
    return pages


def posts(path: Path = LIBRARY) -> list[Post]:
    """The posts of the same forums."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    return [Post(row["_id"], _writer(row), _day(row), row["text"]) for row in rows if row["kind"] == "post"]


def proven(pages: list[Page], library: Path = LIBRARY) -> list[list[bool]]:
    """Given labels, with copies from earlier texts of other authors added."""
    texts, meta = {}, {}
    with gzip.open(library, "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            texts[row["_id"]] = _WORD.findall(row["text"].lower())
            meta[row["_id"]] = (_name(row["author"]), row["kind"], _day(row))
    runs: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for name, words in texts.items():
        for run in _runs(words):
            runs[run].add(name)

    def order(name: str) -> tuple[str, int]:
        number = name.partition("-")[2]
        return meta[name][2], int(number, 36) if len(number) <= 6 and not number.isdigit() else 0

    def copied(page: Page, n: int) -> bool:
        me = "comment-" + page.places[n][0].removeprefix("body_t1_")
        held = _runs(_WORD.findall(page.texts[n].lower()))
        if len(held) < 4 or me not in meta:
            return False
        found: Counter[str] = Counter()
        for run in held:
            for other in runs.get(run, ()):
                author, kind, posted = meta[other]
                if kind == "comment":
                    earlier = author != _name(page.author) and order(other) < order(me)
                else:
                    earlier = (
                        bool(posted) and _days(posted) <= _days(meta[me][2] or UNDATED) + 1
                    )  # time zones
                if earlier:
                    found[other] += 1
        return bool(found) and max(found.values()) >= len(held) / 2

    return [[given or copied(page, n) for n, given in enumerate(page.given)] for page in pages]


def read(pages: list[Page], labels: list[list[bool]], path: Path = READ) -> list[list[bool]]:
    """Labels with what was found by reading."""
    quoted = {(comment, n) for comment, n in json.loads(path.read_text("utf-8"))["quoted"]}
    return [
        [label or place in quoted for label, place in zip(held, page.places, strict=True)]
        for page, held in zip(pages, labels, strict=True)
    ]


def _runs(words: list[str]) -> list[tuple[str, ...]]:
    return [tuple(words[n : n + RUN]) for n in range(len(words) - RUN + 1)]


def _writer(row: dict[str, str]) -> str:
    """Who wrote a post; "" where that is not told."""
    stated = _STATED.search(row["text"][:400])
    return row["author"] or (stated[1] if stated else "")


def _day(row: dict[str, str]) -> str:
    """When it was posted, as year-month-day; "" where that is not told."""
    stated = _STATED.search(row["text"][:400])
    if row["date"] or stated is None:
        return row["date"] or ""
    return f"{stated[4]}-{_MONTHS.index(stated[3]) + 1:02d}-{int(stated[2]):02d}"


def _days(iso: str) -> int:
    return date.fromisoformat(iso).toordinal()


def _name(author: str) -> str:
    return re.sub(r"[^a-z]", "", author.lower())
