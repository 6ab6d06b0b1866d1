"""The bench: the same work by essaysearch and its peers, in one run, each in a process of its own.

    python -m bench.run                                  # 10,000 and 100,000 synthetic passages
    python -m bench.run --sizes 10k,100k,1M --engines essaysearch,tantivy
    python -m bench.run --jsonl FILE.jsonl.gz            # the passages of a file instead

Needs the extra ``bench``. Engines answer in turn, class by class and round by round, so that what
else the machine does falls on all of them; compare ratios, never times of two runs. The table is
printed and kept, with machine and versions, under bench/results/.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

from bench import corpora, queries, report
from bench.engines import ENGINES

HERE = Path(__file__).resolve().parent
ROUNDS = 3
COLD = 5
LONG = 120.0
"""Seconds of indexing above which an engine does so once, not `ROUNDS` times in turn with the others."""
KINDS = (*queries.CLASSES, "default")
"""Classes that are timed; ``default``: the queries of ``any`` as a user searches, ten hits shown."""

NEW_WORD = "zzyzxq"
"""Stands in the passage that is added, and nowhere else."""
ALIKE = ("all", "negated", "filtered")
"""Classes in which engines that fold and stem alike must agree on how many passages match."""


class Process:
    """An engine in a process of its own."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._child = subprocess.Popen(
            [sys.executable, "-m", "bench.worker", name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=HERE.parent,
            text=True,
        )

    def ask(self, command: str, **given: Any) -> dict[str, Any]:
        """Send a command, wait for its answer. Raises `RuntimeError` where the process ended."""
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.write(json.dumps({"command": command, **given}) + "\n")
        self._child.stdin.flush()
        line = self._child.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} ended while it was asked to {command}.")
        answer: dict[str, Any] = json.loads(line)
        return answer

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._child.pid

    def end(self) -> None:
        """Let the process end."""
        assert self._child.stdin is not None
        self._child.stdin.close()
        self._child.wait()


def process_mb(process: Process, what: str) -> float:
    """``VmHWM``, the most memory a process has held, or ``VmRSS``, what it holds, in MB (Linux; else 0)."""
    try:
        status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    except OSError:
        return 0.0
    told = next((line for line in status.splitlines() if line.startswith(what)), f"{what}: 0 kB")
    return int(told.split()[1]) / 1000


def cold_search_ms(directory: Path, words: str) -> float:
    """A search from the shell, Python's start included; the median of several, in ms."""
    command = [
        sys.executable,
        "-m",
        "essaysearch",
        "search",
        words,
        "--index",
        str(directory),
        "--format",
        "json",
    ]
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    took = []
    for _ in range(1 + COLD):  # the first writes what Python compiles, as it does for every user once
        began = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=kept)
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took[1:])


def index(corpus: Path, name: str, directory: Path) -> dict[str, Any]:
    """Index a corpus into a new directory: how long it took, and how much memory."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    process = Process(name)
    compiled = process.ask("compile")
    took = process.ask("index", corpus=str(corpus), directory=str(directory))["seconds"]
    peak = process_mb(process, "VmHWM")
    process.end()
    return {
        "seconds": took,
        "versions": compiled["versions"],
        "compile_s": compiled["seconds"],
        "index_peak_mb": peak,
    }


def measure(corpus: Path, names: list[str], number: int, place: Path) -> dict[str, dict[str, Any]]:
    """Everything measured on one corpus, by engine."""
    drawn = {kind: [q.as_dict() for q in held] for kind, held in queries.draw(corpus, number).items()}
    size, text = sum(1 for _ in corpora.rows(corpus)), corpora.text_bytes(corpus)
    told: dict[str, dict[str, Any]] = {}
    open_now: dict[str, Process] = {}
    rates: dict[str, list[float]] = {}
    for turn in range(ROUNDS):
        for name in names:
            if turn and size / rates[name][0] > LONG:
                continue
            directory = place / f"{corpus.name}-{name}"
            indexed = index(corpus, name, directory)
            rates.setdefault(name, []).append(size / indexed.pop("seconds"))
            stored = sum(file.stat().st_size for file in directory.rglob("*") if file.is_file())
            told[name] = {
                "versions": indexed["versions"],
                "compile_s": told.get(name, indexed)["compile_s"],  # later it was compiled before
                "passages_per_s": statistics.median(rates[name]),
                "size_over_text": stored / text,
                "index_peak_mb": indexed["index_peak_mb"],
            }
            print(f"{name}: {rates[name][-1]:,.0f} passages/s", file=sys.stderr)
    for name in names:
        directory = place / f"{corpus.name}-{name}"
        reader = open_now[name] = Process(name)
        reader.ask("compile")
        idle = process_mb(reader, "VmRSS")
        told[name]["open_ms"] = reader.ask("open", directory=str(directory))["seconds"] * 1000
        reader.ask("queries", queries=drawn)
        told[name]["open_memory_mb"] = process_mb(reader, "VmRSS") - idle
    for kind in KINDS:
        took_us: dict[str, list[float]] = {}
        for turn in range(ROUNDS + 1):
            for name, process in open_now.items():
                answer = process.ask("ask", kind=kind)["took"]
                if turn and answer:  # the first turn warms
                    took_us.setdefault(name, []).extend(answer)
        for name, values in took_us.items():
            ordered = sorted(values)
            told[name][kind] = {
                "mean_us": statistics.fmean(ordered),
                "p50_us": statistics.median(ordered),
                "p99_us": ordered[int(len(ordered) * 0.99)],
            }
    for kind in ALIKE:
        counts = {}
        for name, process in open_now.items():
            if kind in told[name] and name in ("essaysearch", "numpy", "tantivy"):
                counts[name] = process.ask("counts", kind=kind, most=20)["counts"]
        told["agreement"] = {**told.get("agreement", {}), kind: len(set(map(tuple, counts.values()))) <= 1}
    if "essaysearch" in open_now:
        words = " ".join(drawn["any"][1]["words"])
        directory = place / f"{corpus.name}-essaysearch"
        told["essaysearch"]["cold_search_ms"] = cold_search_ms(directory, words)
    new = corpora.Row(
        "p9999999", author="nobody", date="2025-01-01", title="", text=f"{NEW_WORD} is new here"
    )
    for name, process in open_now.items():
        told[name]["query_peak_mb"] = process_mb(process, "VmHWM")
        added = process.ask("add", row=list(new), word=NEW_WORD)["added"]
        told[name]["added_findable_ms"] = added * 1000 if added is not None else None
        process.end()
    return told


def size_of(text: str) -> int:
    """``10k``, ``1M`` or a plain number of passages."""
    factor = {"k": 1_000, "m": 1_000_000}.get(text[-1].lower(), 1)
    return int(text[:-1] if factor > 1 else text) * factor


def main() -> None:
    """Run the bench, print the tables, keep them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default="10k,100k")
    parser.add_argument("--jsonl", type=Path)
    parser.add_argument("--engines", default=",".join(ENGINES))
    parser.add_argument("--queries", type=int, default=200)
    args = parser.parse_args()
    names = args.engines.split(",")
    data = HERE / "data"
    data.mkdir(exist_ok=True)
    if args.jsonl:
        chosen = [corpora.json_lines(data / (args.jsonl.stem.split(".")[0] + ".tsv"), args.jsonl)]
    else:
        chosen = [corpora.zipf(data / f"zipf-{size_of(s)}.tsv", size_of(s)) for s in args.sizes.split(",")]
    kept: dict[str, Any] = {
        "date": str(date.today()),
        "machine": platform.platform(),
        "cores": os.cpu_count(),
    }
    kept["python"] = platform.python_version()
    kept["command"] = "python -m bench.run " + " ".join(sys.argv[1:])
    kept["load"] = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    for corpus in chosen:
        with tempfile.TemporaryDirectory() as place:
            kept[corpus.stem] = measure(corpus, names, args.queries, Path(place))
        print(f"\n## {corpus.stem}\n\n{report.table(kept[corpus.stem])}\n", flush=True)
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    name = f"{date.today()}-{'-'.join(corpus.stem for corpus in chosen)}"
    (results / f"{name}.json").write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    (results / f"{name}.md").write_text(report.page(kept), encoding="utf-8")


if __name__ == "__main__":
    main()
