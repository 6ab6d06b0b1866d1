"""What reading costs: memory on files of a gigabyte, the mail reader beside the standard library.

    python -m bench.reading --megabytes 64,256,1024       # each made file, its peak memory and time
    python -m bench.reading --megabytes 300 --minutes 10  # at most ten minutes a file
    python -m bench.reading --mail DIRECTORY --rounds 7   # messages a second on the mailboxes of a folder

Made files hold words of no language; each message, row or object is a document of its own. Every file is
read in a process of its own, whose peak memory is that of the whole process. In the comparison both
sides read the same bytes in turn, in processor time, the best round of each; compare ratios. The table
is printed and kept, with machine and versions, under bench/results/.
"""

from __future__ import annotations

import argparse
import email
import gc
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

from bench.made import MADE, make

HERE = Path(__file__).resolve().parent
_CHILD = """
import json, os, resource, signal, sys, time
from essaysearch.filling.ingest import read
from essaysearch.model import Document
began = time.process_time()
counts = {"documents": 0, "others": 0}
def tell(stopped=0, frame=None):
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told = {**counts, "seconds": time.process_time() - began, "peak_mb": peak}
    print(json.dumps({**told, "stopped": True} if stopped else told), flush=True)
    os._exit(0)
signal.signal(signal.SIGALRM, tell)
signal.alarm(int(sys.argv[2]))
for reading in read(sys.argv[1]):
    counts["documents" if isinstance(reading, Document) else "others"] += 1
tell()
"""


def peak(path: Path, minutes: int = 0) -> dict[str, Any]:
    """Documents, seconds and peak memory of a process that reads a file and keeps nothing.

    After so many ``minutes`` by the clock (0: never) it is ``stopped``, and tells what it had until then.
    """
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, str(path), str(60 * minutes)],
        capture_output=True,
        text=True,
        check=True,
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def mail_speed(paths: list[Path], rounds: int) -> dict[str, Any]:
    """Messages a second of the mail reader and of `email.message_from_bytes` on the same messages.

    ``first`` is the reader's first round, in which it has met no paragraph before.
    """
    from essaysearch.readers import mail
    from essaysearch.readers.mail_split import RawMessage, raw_messages
    from essaysearch.readers.source import SourceFile

    names = [str(path) for path in paths]
    raw = [m.data for name in names for m in raw_messages(SourceFile(name)) if isinstance(m, RawMessage)]
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(rounds):
        gc.collect()
        began = time.process_time()
        for name in names:
            for _reading in mail.read(SourceFile(name)):
                pass
        ours.append(len(raw) / (time.process_time() - began))
        began = time.process_time()
        for data in raw:
            email.message_from_bytes(data)
        theirs.append(len(raw) / (time.process_time() - began))
    return {
        "messages": len(raw),
        "mean_bytes": sum(map(len, raw)) / max(1, len(raw)),
        "first": ours[0],
        "best": max(ours),
        "standard_library": max(theirs),
        "times_the_standard_library_s": max(theirs) / max(ours),
    }


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--megabytes", help="sizes of the made files, apart by commas")
    parser.add_argument("--kinds", default=",".join(MADE))
    parser.add_argument("--minutes", type=int, default=0, help="stop reading a file after so long (0: never)")
    parser.add_argument("--mail", type=Path, help="a folder of mailboxes")
    parser.add_argument("--rounds", type=int, default=7)
    args = parser.parse_args()
    kept: dict[str, Any] = {
        "date": str(date.today()),
        "command": " ".join(["python -m bench.reading", *sys.argv[1:]]),
        "machine": platform.platform(),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
    }
    if args.mail:
        kept["command"] = "python -m bench.reading --mail DIRECTORY"
        kept["mail"] = mail_speed(sorted(path for path in args.mail.iterdir() if path.is_file()), args.rounds)
        print(json.dumps(kept["mail"], indent=1))
    sizes = args.megabytes.split(",") if args.megabytes else []
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    what = ["reading", *(["mail"] if args.mail else []), *sizes]
    path_of_results = results / f"{date.today()}-{'-'.join(what)}.json"
    path_of_results.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    for megabytes, kind in product(map(int, sizes), args.kinds.split(",")):
        with tempfile.TemporaryDirectory() as place:
            path = Path(place) / f"made{MADE[kind][0]}"
            make(path, kind, megabytes)
            told = kept[f"{kind}, {megabytes} MB"] = peak(path, args.minutes)
        print(
            f"{kind}, {megabytes} MB: {told['documents']:,} documents, {told['seconds']:.0f} s of "
            f"processor time, at most {told['peak_mb']:.0f} MB of memory"
            f"{', stopped' if 'stopped' in told else ''}",
            flush=True,
        )
        path_of_results.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
