"""Random and mutated queries, each of which must give a tree, in time.

    python evals/fuzz_query.py                  # 1,000,000 queries, then hostile ones at the caps
    python evals/fuzz_query.py 20000 --seed 7

For every query: no exception; every place of a diagnostic and of a node lies in the text; a kind
of diagnostic is one of the table; the caps hold; nothing found is said. Status 0 if all hold and
no query took more than 50 ms of processor time, else 1.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from datetime import date

from essaysearch.query import Query, caret, parse
from essaysearch.query.operators import OPERATORS
from essaysearch.query.reading import MOST_CLAUSES, MOST_NESTING
from essaysearch.query.sentences import DIAGNOSTICS
from essaysearch.tree import Clauses, Node, Nothing

TODAY = date(2026, 11, 21)
LIMIT_MS = 50.0

PIECES = (
    *(f"{row.example} " for row in OPERATORS),
    *(f"{row.name}:" for row in OPERATORS),
    *"()\"'+-~^*?/\\:;,.<>=[]{}|&!@#$%_ \t\n\0",
    *(" AND ", " OR ", " NOT ", " NEAR ", " NEAR/3 ", " THEN/2 ", " THEN ", "..", ">=", "~1", "^2", '"~5'),
    *("alignment ", "the ", "mesa-optimizer ", "don't ", "GPT-4 ", "P(doom) ", "C++ ", "to be "),
    *("2023", "2023-06", "2023-13", "2023-Q3", "last-month", "today", "-5", "1e9", "9" * 30),
    *(
        "é",
        "Lukošiūtė ",
        "東京 ",
        "“",
        "”",
        "’",
        "–",
        "—",
        "\u0301",
        "\u200b",
        "\u00ad",
        "½",
        "ﬁ",
        "🤖",
        "\ud800",
    ),
)


def random_query(random_: random.Random) -> str:
    return "".join(random_.choices(PIECES, k=random_.randint(0, 12)))


def mutated_query(random_: random.Random) -> str:
    text = " ".join(random_.choice(OPERATORS).example for _ in range(random_.randint(1, 5)))
    for _ in range(random_.randint(1, 6)):
        at = random_.randint(0, len(text))
        until = at + random_.randint(0, 4)
        what = random_.random()
        if what < 0.4:
            text = text[:at] + text[until:]
        elif what < 0.8:
            text = text[:at] + random_.choice(PIECES) + text[at:]
        else:
            text = text[:at] + text[at:until] * 3 + text[until:]
    return text


def hostile_queries() -> list[str]:
    """Queries at the caps, one for each piece and for pairs that have hurt other parsers."""
    units = [
        *PIECES,
        "(a ", "((", "-(", "+(-(", 'a"', '"a" ', "a AND ", "a OR b AND ", "kind:(", 'kind:("a" ', "a* ",
        "same:sentence(", "title:(in:own ", "/a", "/(a", "a-", "a.b", "x ~1 ", "w~1 ", "a^", "^1", "-a ",
        "author:a OR ", "karma:>=1 AND ", "date:..", "a NEAR/3 ", "(a OR b-c) NEAR ", "(kind:essay) OR ",
        "AND OR NOT ", "\\/", "1,", "1:", "://", "*a", "?a", "exact:", "foo:", "foo:-", "a(b", "kind:x ",
    ]  # fmt: skip
    return [unit * (100_000 // len(unit)) for unit in units] + ["a" * 100_000, "(" * 1000 + "a", "x " * 2000]


def fault_of(text: str, query: Query) -> str:
    """What is wrong with the answer to a query; empty where nothing is."""
    size = len(text)
    for diagnostic in query.diagnostics:
        if diagnostic.kind not in DIAGNOSTICS:
            return f"unknown kind {diagnostic.kind}"
        if not 0 <= diagnostic.start <= diagnostic.end <= size or not diagnostic.message:
            return f"misplaced {diagnostic}"
        caret(text, diagnostic)
    if isinstance(query.tree, Nothing):
        return "" if query.diagnostics else "nothing to search, and nothing said"
    if not isinstance(query.tree, Clauses) or not any(
        (query.tree.must, query.tree.should, query.tree.must_not, query.tree.filters)
    ):
        return "the tree is no filled Clauses"
    found: set[int] = set()
    waiting: list[tuple[Node, int]] = [(query.tree, 0)]
    leaves = 0
    while waiting:
        node, depth = waiting.pop()
        found.add(id(node))
        if not 0 <= node.start <= node.end <= size:
            return f"misplaced {type(node).__name__} {node.start} {node.end}"
        if depth > 4 * MOST_NESTING:
            return "nested too deep"
        children = list(node.children())
        leaves += not children
        waiting += ((child, depth + 1) for child in children)
    if leaves > 3 * MOST_CLAUSES:
        return f"{leaves} leaves"
    if any(id(word) not in found for word in query.words):
        return "a ranking word is not in the tree"
    return ""


def timed(text: str, literal: bool) -> tuple[Query, float]:
    """The query as read, and the milliseconds of processor time it took."""
    before = time.process_time()
    query = parse(text, TODAY, literal)
    return query, (time.process_time() - before) * 1000


def main(arguments: list[str] | None = None) -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("count", nargs="?", type=int, default=1_000_000)
    options.add_argument("--seed", type=int, default=0)
    asked = options.parse_args(arguments)
    random_ = random.Random(asked.seed)
    hostile = hostile_queries()
    slowest, slowest_text, total, faults = 0.0, "", 0.0, 0
    for number in range(asked.count + len(hostile)):
        if number >= asked.count:
            text = hostile[number - asked.count]
        else:
            text = (random_query if number % 2 else mutated_query)(random_)
        literal = number % 50 == 0
        try:
            query, took = timed(text, literal)
            if took > LIMIT_MS:  # Once more: the collector or the machine may have paused it.
                took = min(took, timed(text, literal)[1], timed(text, literal)[1])
            fault = fault_of(text, query)
        except Exception as error:  # The one place that must not stop: it reports.
            took, fault = 0.0, f"{type(error).__name__}: {error}"
        if number < asked.count:
            total += took
        if took > slowest:
            slowest, slowest_text = took, text
        if fault or took > LIMIT_MS:
            faults += 1
            print(f"{fault or f'{took:.1f} ms'}: {text[:200]!r} ({len(text)} characters)", file=sys.stderr)
    print(
        f"{asked.count} queries and {len(hostile)} at the caps: {faults} faults; "
        f"mean {total / max(asked.count, 1) * 1000:.0f} µs, slowest {slowest:.1f} ms ({slowest_text[:60]!r})"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
