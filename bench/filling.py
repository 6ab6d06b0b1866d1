"""What the whole path costs: a file read, cut into passages and indexed, as `essaysearch index` does it.

    python -m bench.filling FILE.jsonl.gz                # three times, each in a process of its own
    python -m bench.filling FOLDER --rounds 5

Start-up, loading compiled kernels and the commit are part of it; a first round, which may have to compile
them, is not counted. Seconds of processor and memory are those of both processes. The figures (of several
rounds the middle one) are printed and kept, with machine and versions, under bench/results/.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
_CHILD = """
import json, resource, sys, time
began = time.perf_counter()
import essaysearch
report = essaysearch.open_library(sys.argv[2], create=True).add(sys.argv[1])
told = {"documents": report.documents, "passages": report.passages, "seconds": time.perf_counter() - began}
used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
told["processor_s"] = sum(one.ru_utime + one.ru_stime for one in used)
told["peak_mb"] = sum(one.ru_maxrss for one in used) / 1024
print(json.dumps(told))
"""


def measure(path: Path, rounds: int) -> list[dict[str, Any]]:
    """What each round says of itself, the first left out."""
    told = []
    for _ in range(rounds + 1):
        with tempfile.TemporaryDirectory() as place:
            command = [sys.executable, "-c", _CHILD, str(path), str(Path(place) / "index")]
            ran = subprocess.run(command, check=True, capture_output=True, text=True)
            told.append(json.loads(ran.stdout.splitlines()[-1]))
    return told[1:]


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("path", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    told = measure(args.path, args.rounds)
    middle = {name: statistics.median(one[name] for one in told) for name in told[0]}
    kept = {
        "date": str(date.today()),
        "command": f"python -m bench.filling {args.path.name} --rounds {args.rounds}",
        "machine": f"{platform.platform()}, {os.cpu_count()} cores",
        "versions": {name: version(name) for name in ("numpy", "numba", "zstandard")},
        "load": load,
        **middle,
        "passages_per_s": middle["passages"] / middle["seconds"],
        "passages_per_processor_s": middle["passages"] / middle["processor_s"],
        "rounds": told,
    }
    print(json.dumps({name: value for name, value in kept.items() if name != "rounds"}, indent=1))
    (HERE / "results").mkdir(exist_ok=True)
    name = f"{date.today()}-filling-{args.path.name.split('.')[0]}.json"
    (HERE / "results" / name).write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
