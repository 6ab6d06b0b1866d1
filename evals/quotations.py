"""Measures how well quotations find their sources, on mail where both are known.

    python evals/quotations.py [MAILBOX …] [--seed N] [--unthreaded]

Without arguments it reads the mailboxes beside the project. It prints the measures and writes them,
with the date and the versions of what took part, into ``evals/results/``.

The truth comes from the mail itself, not from what is measured: a quoted paragraph of at least
eight words whose words stand, in a row, in the own words of a message that it answers (directly or
further up; with ``--unthreaded``, for archives that do not say what a message answers, of any other
message). Every message whose own words hold it counts as a source. A tenth of the sources is
kept out of the library: a link from a paragraph that has no source left is a mistake.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path
from typing import Any

from essaysearch.model import Block, Document
from essaysearch.quotations.linking import Link, QuoteIndex
from essaysearch.readers import mail
from essaysearch.readers.source import SourceFile
from essaysearch.text.passages import split

ROOT = Path(__file__).resolve().parents[1]
MAILBOXES = ROOT.parent / "shared" / "samples" / "mbox"
RESULTS = ROOT / "evals" / "results"
FEWEST_WORDS = 8
LARGEST_CHANGE = 0.2
KEPT_OUT = 0.1

BARS = {
    "verbatim": (0.98, 0.95),
    "altered by a fifth": (0.95, 0.85),
    "altered by up to a fifth": (0.95, 0.85),
}
"""Precision and recall that the project promises."""


@dataclass(frozen=True)
class Known:
    """A quoted paragraph, who quotes it and when, and the messages in whose own words it stands."""

    text: str
    quoting: str
    date: str | None
    sources: frozenset[str]


def words_of(text: str) -> list[str]:
    """The words by which truth is decided: letters and digits in lower case."""
    return re.findall(r"[^\W_]+", text.lower())


def read_messages(paths: Iterable[Path]) -> list[Document]:
    """The messages of the mailboxes, each id once."""
    messages: dict[str, Document] = {}
    for path in paths:
        for reading in mail.read(SourceFile(str(path))):
            if isinstance(reading, Document):
                messages.setdefault(reading.id, reading)
    return list(messages.values())


def known_quotations(messages: Sequence[Document], threaded: bool = True) -> list[Known]:
    """The quoted paragraphs whose source is sure: an ancestor's words, or any message's."""
    by_id = {message.id: message for message in messages}
    spoken = {message.id: f" {' '.join(words_of(own_text(message)))} " for message in messages}
    found = []
    for message in messages:
        ancestors = list(answered(message, by_id))
        for block in message.blocks:
            if not is_quotation(block):
                continue
            text = message.text[block.start : block.end]
            words = words_of(text)
            needle = f" {' '.join(words)} "
            if len(words) < FEWEST_WORDS:
                continue
            if threaded and not any(needle in spoken[name] for name in ancestors):
                continue
            sources = frozenset(
                name for name, said in spoken.items() if name != message.id and needle in said
            )
            if sources:
                found.append(Known(text, message.id, message.date, sources))
    return found


def own_text(message: Document) -> str:
    """What a message says itself, furniture left out."""
    own = [b for b in message.blocks if b.voice == "own" and b.role != "furniture"]
    return "\n\n".join(message.text[block.start : block.end] for block in own)


def is_quotation(block: Block) -> bool:
    """Whether a block is quoted words."""
    return block.voice == "quoted" and block.role != "furniture"


def answered(message: Document, by_id: dict[str, Document]) -> Iterable[str]:
    """The messages that a message answers, the nearest first."""
    met = {message.id}
    parent = message.parent
    while parent is not None and parent in by_id and parent not in met:
        met.add(parent)
        yield parent
        parent = by_id[parent].parent


def altered(text: str, share: float, vocabulary: Sequence[str], chance: random.Random) -> str:
    """The text with that share of its words changed: replaced, dropped, inserted or swapped (two words)."""
    words = text.split()
    left = max(1, int(len(words) * share))
    while left > 0 and len(words) > 2:
        at = chance.randrange(len(words))
        how = chance.choice(("replace", "drop", "insert", "swap"))
        if how == "replace":
            words[at] = chance.choice(vocabulary)
        elif how == "drop":
            del words[at]
        elif how == "insert":
            words.insert(at, chance.choice(vocabulary))
        elif left >= 2 and at + 1 < len(words):
            words[at], words[at + 1] = words[at + 1], words[at]
            left -= 1
        else:
            continue
        left -= 1
    return " ".join(words)


def shortened(text: str, chance: random.Random) -> str:
    """The text with a third of it, somewhere inside, left out behind an ellipsis."""
    words = text.split()
    gone = len(words) // 3
    at = chance.randrange(4, max(5, len(words) - gone - 3))
    return " ".join([*words[:at], chance.choice(("[...]", "…", "...", "[…]")), *words[at + gone :]])


def measured(index: QuoteIndex, asked: Sequence[tuple[Known, str]], library: set[str]) -> dict[str, Any]:
    """Precision over all that were linked, recall over those that have a source in the library."""
    right = linked = findable = strict = 0
    misses: list[str] = []
    started = time.process_time()
    for known, text in asked:
        links = [
            link
            for link in index.link(text, exclude_doc=known.quoting, before=known.date)
            if link.voice == "own"
        ]
        has_source = bool(known.sources & library)
        findable += has_source
        if links:
            linked += 1
            correct = links[0].document_id in known.sources
            right += correct
            strict += correct and holds_most(links[0], text)
            if not correct:
                misses.append(f"wrong: {text[:100]!r} -> {links[0].document_id} ({links[0].score})")
        elif has_source:
            misses.append(f"missed: {text[:100]!r}")
    took = time.process_time() - started
    return {
        "asked": len(asked),
        "with a source": findable,
        "precision": round(right / linked, 4) if linked else 0.0,
        "recall": round(right / findable, 4) if findable else 0.0,
        "whole quotation marked": round(strict / right, 4) if right else 0.0,
        "ms a quotation": round(1000 * took / max(1, len(asked)), 3),
        "misses": misses,
    }


def holds_most(link: Link, text: str) -> bool:
    """Whether the places marked in the quotation are at least three quarters of its words."""
    marked = sum(len(words_of(text[start:end])) for start, end in link.quoted)
    return marked * 4 >= len(words_of(text)) * 3


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure how well quotations find their sources.")
    parser.add_argument("mailboxes", nargs="*", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--unthreaded", action="store_true", help="any message may be a source")
    parser.add_argument("--misses", type=int, default=0, help="print so many mistakes of each measure")
    options = parser.parse_args()
    paths = options.mailboxes or sorted(MAILBOXES.glob("*.txt"))
    if not paths:
        parser.error(f"there is no mailbox in {MAILBOXES}; name some")
    chance = random.Random(options.seed)
    messages = read_messages(paths)
    quotations = known_quotations(messages, not options.unthreaded)
    sources = sorted({name for known in quotations for name in known.sources})
    out = set(chance.sample(sources, int(len(sources) * KEPT_OUT)))
    library = {message.id for message in messages} - out
    vocabulary = sorted(
        {word for message in messages for word in words_of(own_text(message)) if len(word) > 2}
    )

    index = QuoteIndex()
    started = time.process_time()
    for message in messages:
        if message.id in library:
            index.add(message, split(message))
    built = time.process_time() - started

    tests = {
        "verbatim": [(known, known.text) for known in quotations],
        "altered by a fifth": [
            (known, altered(known.text, LARGEST_CHANGE, vocabulary, chance)) for known in quotations
        ],
        "altered by up to a fifth": [
            (known, altered(known.text, chance.uniform(0, LARGEST_CHANGE), vocabulary, chance))
            for known in quotations
        ],
        "shortened by a third": [
            (known, shortened(known.text, chance)) for known in quotations if len(known.text.split()) >= 16
        ],
    }
    results: dict[str, Any] = {}
    for name, asked in tests.items():
        found = measured(index, asked, library)
        misses = found.pop("misses")
        results[name] = found
        print(f"{name}: " + ", ".join(f"{key} {value}" for key, value in found.items()))
        for line in misses[: options.misses]:
            print(f"    {line}")
    groups = index.duplicates()
    results["near-duplicates"] = {"groups": len(groups), "messages": sum(len(group.ids) for group in groups)}
    held = {
        name: results[name]["precision"] >= precision and results[name]["recall"] >= recall
        for name, (precision, recall) in BARS.items()
    }
    report = {
        "date": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "versions": {name: version(name) for name in ("numpy", "rapidfuzz")}
        | {"python": platform.python_version()},
        "seed": options.seed,
        "messages": len(messages),
        "in the library": len(library),
        "quotations": len(quotations),
        "build_s": round(built, 3),
        "measures": results,
        "bars_held": held,
    }
    RESULTS.mkdir(exist_ok=True)
    kind = "quotations-unthreaded" if options.unthreaded else "quotations"
    target = RESULTS / f"{kind}-{report['date'][:10]}.json"  # type: ignore[index]
    target.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{len(messages)} messages, {len(quotations)} quotations, built in {built:.2f} s")
    print("bars held" if all(held.values()) else f"bars missed: {[n for n, ok in held.items() if not ok]}")
    return 0 if all(held.values()) else 1


if __name__ == "__main__":
    raise SystemExit(main())
