"""Files damaged at random, each of which must give documents or true reasons, in time.

    python evals/fuzz_readers.py DIRECTORY...            # 2,000 damaged files made of those found there
    python evals/fuzz_readers.py DIRECTORY 20000 --seed 7

Every round takes a piece of a file, damages it (cut off, bytes flipped, lines lost or repeated, two files
in one, another encoding, tags and braces swapped) and reads it with the reader that its content chooses, or
with any. No exception may escape or be caught as unforeseen; something must be said of every file; blocks
cover a text in order; a reason is a sentence; processor time stays below one second, or ten a megabyte.
Status 0 if all that holds, else 1; what failed is kept in ``fuzz-failures/`` of the working directory.
"""

from __future__ import annotations

import argparse
import gzip
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from essaysearch.filling.ingest import discover, read
from essaysearch.model import Document, Reading, Skipped
from essaysearch.readers.table import READERS

LARGEST = 200_000
SECONDS, SECONDS_A_MEGABYTE = 1.0, 10.0
_PIECES = (
    *(b"<", b">", b"</div>", b"<div>", b"<blockquote>", b"</item>", b"<item>", b"<![CDATA[", b"]]>", b"<!--"),
    *(
        b"&amp;",
        b"&#0;",
        b"&lol;",
        b'"',
        b"'",
        b"{",
        b"}",
        b"[",
        b"]",
        b",",
        b":",
        b"\\",
        b"\\u0000",
        b"\\ud800",
    ),
    *(b"\0", b"\r\n", b"\n\n", b"\nFrom ", b"\n> ", b"\xff", b"\xe2\x80", b"\xef\xbb\xbf", b"\x1f\x8b"),
    *(b"null", b"true", b"-1", b"1e999", b"0000-00-00", b"99999999999999999999", b"--", b"=3D", b"=\n"),
    *(b"\n--b--\n", b"\t", b"    ", b"```", b"$"),
)

Damage = Callable[[bytes, random.Random], bytes]


def _cut_off(data: bytes, r: random.Random) -> bytes:
    return data[: r.randint(0, len(data))]


def _begun_late(data: bytes, r: random.Random) -> bytes:
    return data[r.randint(0, len(data)) :]


def _flipped(data: bytes, r: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(r.choice((1, 5, 50))):
        changed[r.randrange(len(changed))] = r.randrange(256)
    return bytes(changed)


def _sown(data: bytes, r: random.Random) -> bytes:
    for _ in range(r.choice((1, 3, 20))):
        at = r.randint(0, len(data))
        data = data[:at] + r.choice(_PIECES) + data[at + r.choice((0, 0, 1, 5, 40)) :]
    return data


_LONGEST_LINE = 1_000_000
"""Lines repeated again and again grow to this many bytes, not to all the memory there is."""


def _lines(data: bytes, r: random.Random) -> bytes:
    lines = data.split(b"\n")
    for _ in range(r.choice((1, 5, 30))):
        at, other = r.randrange(len(lines)), r.randrange(len(lines))
        what = r.randrange(4)
        if what == 0:
            lines[at] = b""
        elif what == 1:
            lines[at] = (lines[at] * r.choice((2, 50)))[:_LONGEST_LINE]
        elif what == 2:
            lines[at], lines[other] = lines[other], lines[at]
        else:
            lines.insert(at, lines[other])
    return b"\n".join(lines)


def _encoded(data: bytes, r: random.Random) -> bytes:
    text = data.decode("utf-8", "replace")
    name = r.choice(("utf-16", "utf-16-le", "utf-32", "cp1252", "big5", "shift_jis", "utf-7", "gzip"))
    return gzip.compress(data) if name == "gzip" else text.encode(name, "replace")


def _swapped(data: bytes, r: random.Random) -> bytes:
    one, other = r.choice(
        ((b"<", b">"), (b"{", b"["), (b"</", b"<"), (b'"', b"'"), (b"div", b"li"), (b":", b","))
    )
    return data.replace(one, b"\0").replace(other, one).replace(b"\0", other)


def _doubled(data: bytes, r: random.Random) -> bytes:
    return data + data


DAMAGE: tuple[Damage, ...] = (_cut_off, _begun_late, _flipped, _sown, _lines, _encoded, _swapped, _doubled)


def damaged(originals: list[tuple[str, bytes]], r: random.Random) -> tuple[str, bytes]:
    """A file's name and its content, damaged once or twice, sometimes with another file behind it."""
    name, data = r.choice(originals)
    for _ in range(r.choice((1, 1, 2))):
        data = r.choice(DAMAGE)(data, r) if data else data
    if r.random() < 0.05:
        data += r.choice(originals)[1]
    return name, data


def fault_of(readings: list[Reading]) -> str:
    """What is wrong with what a file gave; empty where nothing is."""
    if not any(isinstance(reading, Document | Skipped) for reading in readings):
        return "nothing was said of the file"
    for reading in readings:
        if isinstance(reading, Skipped):
            if "unforeseen" in reading.reason:
                return reading.reason
            if not reading.reason.strip() or reading.reason.rstrip()[-1] not in ".!?)":
                return f"no sentence: {reading.reason}"
        if isinstance(reading, Document):
            at = 0
            for block in reading.blocks:
                if block.start < at or block.end <= block.start or reading.text[at : block.start].strip():
                    return f"blocks of {reading.id} do not cover its text in order"
                at = block.end
            if reading.text[at:].strip() or not reading.id:
                return f"blocks of {reading.id} end before its text"
    return ""


def trial(path: Path, reader: str | None) -> tuple[list[Reading], float, str]:
    """What a file gives, the seconds of processor time, and what is wrong with it."""
    before = time.process_time()
    try:
        readings = list(read(path, reader))
    except Exception as error:
        return [], time.process_time() - before, f"{type(error).__name__} escaped: {error}"
    took = time.process_time() - before
    fault = fault_of(readings)
    allowed = max(SECONDS, SECONDS_A_MEGABYTE * path.stat().st_size / 1e6)
    return readings, took, fault or (f"took {took:.1f} s" if took > allowed else "")


def originals_in(places: list[str]) -> list[tuple[str, bytes]]:
    """The names and beginnings of the files to damage."""
    found = [path for path in discover(places) if isinstance(path, str)]
    return [(Path(path).name, Path(path).read_bytes()[:LARGEST]) for path in found]


def main(arguments: list[str] | None = None) -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("places", nargs="+", help="directories or files, and the number of rounds (2,000)")
    options.add_argument("--seed", type=int, default=0)
    asked = options.parse_args(arguments)
    rounds = int(asked.places.pop()) if asked.places[-1].isdigit() else 2_000
    r = random.Random(asked.seed)
    originals = originals_in(asked.places)
    names = [reader.name for reader in READERS]
    outcomes: Counter[str] = Counter()
    slowest, faults = (0.0, ""), 0
    with tempfile.TemporaryDirectory() as place:
        for _ in range(rounds):
            name, data = damaged(originals, r)
            path = Path(place) / name
            path.write_bytes(data)
            reader = r.choice(names) if r.random() < 0.25 else None
            readings, took, fault = trial(path, reader)
            slowest = max(slowest, (took / max(0.1, len(data) / 1e6), name))
            kinds = {type(reading).__name__ for reading in readings}
            outcomes[
                "both"
                if {"Document", "Skipped"} <= kinds
                else "documents"
                if "Document" in kinds
                else "refused"
            ] += 1
            if fault:
                faults += 1
                kept = Path("fuzz-failures")
                kept.mkdir(exist_ok=True)
                (kept / f"{faults:03d}-{name}").write_bytes(data)
                print(f"{faults:03d}-{name} as {reader}: {fault}", flush=True)
            path.unlink()
    print(
        f"{rounds:,} files: {dict(outcomes)}; {faults} faults; "
        f"the slowest took {slowest[0]:.1f} s a megabyte ({slowest[1]})"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
