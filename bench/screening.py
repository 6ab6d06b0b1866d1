"""How long a step of a screening takes: python -m bench.screening INDEX [--steps 60]

The topic is made of words of middling frequency; every third answer is no. Told is the time of
the processor, which other work on the machine disturbs least, and that on the wall.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np

import essaysearch
from essaysearch.topics.files import Sense, Topic


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("index")
    parser.add_argument("--steps", type=int, default=60)
    options = parser.parse_args()
    library = essaysearch.open_library(options.index)
    snapshot = library.snapshot()
    terms = snapshot.views[0].segment.terms().all()
    words = [term for term in terms[:50_000] if term.isalpha() and 200 < snapshot.df(term) < 2_000][:6]
    topic = Topic("bench", (Sense("", tuple(words)),))
    with tempfile.TemporaryDirectory() as place:
        begun = time.process_time(), time.perf_counter()
        screening = library.screen(topic, judgments=Path(place) / "judgments.jsonl")
        print(f"{len(library):,} passages; opened in {_since(begun)}")
        rows = []
        for step in range(options.steps):
            begun = time.process_time(), time.perf_counter()
            hit = screening.next()
            if hit is None:
                break
            _ = screening.progress, screening.reasons(hit.passage_id)
            screening.judge(hit.passage_id, step % 3 != 2)
            rows.append((time.process_time() - begun[0], time.perf_counter() - begun[1]))
    for name, of in (("median", np.median), ("longest", np.max)):
        processor, wall = of(np.array(rows), axis=0)
        print(f"a step, {name}: {processor:.2f} s of the processor, {wall:.2f} s on the wall")


def _since(begun: tuple[float, float]) -> str:
    processor, wall = time.process_time() - begun[0], time.perf_counter() - begun[1]
    return f"{processor:.1f} s of the processor, {wall:.1f} s on the wall"


if __name__ == "__main__":
    main()
