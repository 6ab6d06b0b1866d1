"""What the bench measured, as Markdown: a table for each corpus, ratios beside bars, growth."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from bench.queries import CLASSES

Told = dict[str, dict[str, Any]]

PLAIN = (
    ("passages/s indexed", "passages_per_s"),
    ("compile s (apart)", "compile_s"),
    ("size / text", "size_over_text"),
    ("peak MB, indexing", "index_peak_mb"),
    ("peak MB, querying", "query_peak_mb"),
    ("open ms", "open_ms"),
    ("MB held once open", "open_memory_mb"),
    ("one passage added, findable ms", "added_findable_ms"),
    ("cold search from the shell ms", "cold_search_ms"),
)
BARS = (
    ("passages_per_s", "", ">=", 1.2, 40.0),
    ("size_over_text", "", "<=", 1.0, 1 / 3),
    ("any", "mean_us", "<=", 0.5, 1 / 150),
    ("any", "p99_us", "<=", 0.5, None),
    ("all", "mean_us", "<=", 1.0, 1 / 30),
    ("phrase", "mean_us", "<=", 1.0, 1 / 30),
    ("prefix", "mean_us", "<=", 1.0, 1 / 30),
    ("filtered", "mean_us", "<=", 1.0, 1 / 30),
)
"""What is aimed at: essaysearch's figure over tantivy's, and over stock Whoosh's."""


def _value(told: Told, name: str, key: str, inner: str) -> float | None:
    held = told.get(name, {}).get(key)
    value = held.get(inner) if isinstance(held, dict) else held
    return float(value) if isinstance(value, (int, float)) else None


def table(told: Told) -> str:
    """The figures of one corpus, with essaysearch's ratio to tantivy where both were measured."""
    names = [name for name in told if name != "agreement"]
    rows = [(label, key, "") for label, key in PLAIN]
    for kind in (*CLASSES, "default"):
        rows += [(f"{kind} {what} µs", kind, f"{what}_us") for what in ("mean", "p50", "p99")]
    lines = ["| | " + " | ".join(names) + " | essaysearch / tantivy |", "|---" * (len(names) + 2) + "|"]
    for label, key, inner in rows:
        values = [_value(told, name, key, inner) for name in names]
        if not any(value is not None for value in values):
            continue
        ours, theirs = (_value(told, name, key, inner) for name in ("essaysearch", "tantivy"))
        cells = [f"{value:,.2f}" if value is not None else "-" for value in values]
        cells.append(f"{ours / theirs:.2f}" if ours and theirs else "-")
        lines.append(f"| {label} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def bars(told: Told) -> str:
    """Each ratio that is aimed at, and whether it is met."""
    lines = ["| | against | aim | measured | |", "|---|---|---|---|---|"]
    for key, inner, sign, tantivy, whoosh in BARS:
        for peer, aim in (("tantivy", tantivy), ("whoosh", whoosh)):
            ours, theirs = _value(told, "essaysearch", key, inner), _value(told, peer, key, inner)
            if aim is None or not ours or not theirs:
                continue
            ratio = ours / theirs
            met = ratio >= aim if sign == ">=" else ratio <= aim
            label = f"{key} {inner.removesuffix('_us')}".strip()
            verdict = "met" if met else "missed"
            aimed = f"{sign} {aim:.4g}"
            lines.append(f"| {label} | {peer} | {aimed} | {ratio:.4g} | {verdict} |")
    return "\n".join(lines)


def growth(kept: dict[str, Any]) -> str:
    """How essaysearch's and tantivy's means grow from each corpus to the next larger one."""
    made = [(name, told) for name, told in kept.items() if name.startswith("zipf-")]
    lines = []
    for (small, before), (large, after) in pairwise(made):
        for name in ("essaysearch", "tantivy"):
            for kind in CLASSES:
                first, second = (_value(told, name, kind, "mean_us") for told in (before, after))
                if first and second:
                    lines.append(f"| {small} to {large} | {name} | {kind} | {second / first:.1f} |")
    return (
        "\n".join(["| corpora | engine | class | mean grows |", "|---|---|---|---|", *lines]) if lines else ""
    )


def page(kept: dict[str, Any]) -> str:
    """A run whole."""
    corpora = {name: told for name, told in kept.items() if isinstance(told, dict)}
    machine = f"{kept['machine']}, {kept['cores']} cores, load {kept['load']} when it began"
    parts = [
        f"# {kept['date']}\n\n`{kept['command']}`\n\n{machine}, Python {kept['python']}. Engines answer in"
        " turn in one run, each in a process of its own: compare ratios, never times of two runs."
    ]
    for name, told in corpora.items():
        versions = "; ".join(held["versions"] for held in told.values() if "versions" in held)
        parts.append(f"## {name}\n\n{versions}\n\n{table(told)}\n\n{bars(told)}")
        words = {True: "yes", False: "NO"}
        agreed = ", ".join(f"{kind}: {words[same]}" for kind, same in told["agreement"].items())
        parts.append(f"Engines that fold and stem alike agree on how many passages match: {agreed}.")
    parts.append(growth(kept))
    return "\n\n".join(part for part in parts if part) + "\n"
