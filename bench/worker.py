"""One engine in a process of its own: takes commands as lines of JSON, answers in the same way."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from bench import corpora
from bench.engines import engine
from bench.queries import Query


def main() -> None:
    """Answer until standard input ends. Anything an engine prints goes to standard error."""
    answers, sys.stdout = sys.stdout, sys.stderr
    answer = _Worker(sys.argv[1]).answer
    for line in sys.stdin:
        print(json.dumps(answer(**json.loads(line))), file=answers, flush=True)


LONGEST_WAIT_S = 30.0
"""After which a passage that was added and is not found counts as not findable."""


class _Worker:
    def __init__(self, name: str) -> None:
        self._engine = engine(name)
        self._rendered: dict[str, list[Any]] = {}

    def answer(self, command: str, **given: Any) -> dict[str, Any]:
        began = time.perf_counter()
        told = getattr(self, f"_{command}")(**given) or {}
        return {"seconds": time.perf_counter() - began, **told}

    def _compile(self) -> dict[str, Any]:
        if hasattr(self._engine, "compile"):
            self._engine.compile()
        return {"versions": self._engine.versions()}

    def _index(self, corpus: str, directory: str) -> None:
        from pathlib import Path

        self._engine.index(corpora.rows(Path(corpus)), directory)

    def _open(self, directory: str) -> None:
        self._engine.open(directory)

    def _queries(self, queries: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
        for kind, held in queries.items():
            rendered = [self._engine.render(Query.from_dict(values)) for values in held]
            self._rendered[kind] = [] if None in rendered else rendered
        return {"kinds": [kind for kind, held in self._rendered.items() if held]}

    def _ask(self, kind: str, k: int = 10) -> dict[str, Any]:
        """Every query of a class once; microseconds of each."""
        search, clock = self._engine.search, time.perf_counter_ns
        took: list[float] = []
        if kind == "default":
            if not hasattr(self._engine, "shown"):
                return {"took": took}
            search = self._engine.shown
        for rendered in self._rendered["any" if kind == "default" else kind]:
            began = clock()
            search(rendered, k)
            took.append((clock() - began) / 1000)
        return {"took": took}

    def _found(self, kind: str, k: int = 10) -> dict[str, Any]:
        return {"found": [self._engine.search(rendered, k) for rendered in self._rendered[kind]]}

    def _counts(self, kind: str, most: int) -> dict[str, Any]:
        return {"counts": [self._engine.count(rendered) for rendered in self._rendered[kind][:most]]}

    def _add(self, row: list[str], word: str) -> dict[str, Any]:
        """Add one passage and search until it is found."""
        if not hasattr(self._engine, "add"):
            return {"added": None}
        rendered = self._engine.render(Query("any", (word,)))
        began = time.perf_counter()
        self._engine.add(corpora.Row(*row))
        while not self._engine.search(rendered, 10):  # nobody else has the word
            if time.perf_counter() - began > LONGEST_WAIT_S:
                return {"added": None}
        return {"added": time.perf_counter() - began}


if __name__ == "__main__":
    main()
