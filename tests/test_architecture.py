"""The floors of ARCHITECTURE.md: who may import whom."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "essaysearch"
MAP = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
DOOR = ("__init__", "__main__")
"""The front door stands above all floors."""


class Import(NamedTuple):
    """What a module imports of the package, and whether as soon as it is imported itself."""

    module: str
    at_once: bool


def modules() -> dict[str, Path]:
    """Every module by its name within the package, packages by their folder's."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)
        found[name] = path
    return found


MODULES = modules()


def imports(path: Path) -> Iterator[Import]:
    """The imports that run; those for type checking alone do not."""

    def walk(node: ast.AST, at_once: bool) -> Iterator[Import]:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            for other in node.orelse:
                yield from walk(other, at_once)
            return
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.split(".")[0] == "essaysearch":
                    yield Import(alias.name.partition(".")[2] or "__init__", at_once)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write imports in full"
            package, _, module = (node.module or "").partition(".")
            if package == "essaysearch":
                for alias in node.names:
                    name = f"{module}.{alias.name}" if module else alias.name
                    yield Import(name if name in MODULES else module or "__init__", at_once)
        inner = at_once and not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        for child in ast.iter_child_nodes(node):
            yield from walk(child, inner)

    yield from walk(ast.parse(path.read_text(encoding="utf-8")), True)


def room(module: str) -> str:
    """The entry of the table a module belongs to: its package, or itself."""
    return module.split(".")[0]


def floors() -> dict[str, tuple[int, int]]:
    """(floor, place on it) of each entry of the table."""
    places = {}
    for number, row in re.findall(r"^\| (\d) \| (.*) \|$", MAP, re.MULTILINE):
        for place, name in enumerate(re.findall(r"`([\w/]+)`", row)):
            places[name.rstrip("/")] = (int(number), place)
    return places


FLOORS = floors()
EXCEPTIONS = set(re.findall(r"^\| `(\w+)` \| `(\w+)` \| ", MAP.partition("Three imports")[2], re.MULTILINE))


def test_every_file_has_a_place_on_a_floor_and_every_place_a_file() -> None:
    present = {room(name) for name in MODULES} - set(DOOR)
    assert present - set(FLOORS) == set(), "write these into the table of ARCHITECTURE.md"
    assert set(FLOORS) - present == set(), "the table of ARCHITECTURE.md names what is not there"


@pytest.mark.parametrize("name", [name for name in MODULES if name not in DOOR])
def test_a_file_imports_only_what_stands_below_it(name: str) -> None:
    here = room(name)
    for imported in imports(MODULES[name]):
        there = room(imported.module)
        if there == here or ((here, there) in EXCEPTIONS):
            continue
        assert there not in DOOR, f"{name} imports the front door"
        assert FLOORS[there] < FLOORS[here], f"{name} imports {imported.module}, which stands above it"


def test_each_import_that_goes_up_is_needed() -> None:
    assert len(EXCEPTIONS) == 3
    for here, there in EXCEPTIONS:
        found = [
            imported
            for name in MODULES
            if room(name) == here
            for imported in imports(MODULES[name])
            if room(imported.module) == there
        ]
        assert found, (here, there)
        assert there == "__init__" or not any(imported.at_once for imported in found), (here, there)


@pytest.mark.parametrize("package", sorted({room(name) for name in MODULES if "." in name}))
def test_no_file_of_a_package_needs_one_that_needs_it(package: str) -> None:
    graph = {
        name: {
            i.module for i in imports(path) if i.at_once and room(i.module) == package and i.module != package
        }
        for name, path in MODULES.items()
        if room(name) == package and name != package
    }
    order = list(TopologicalSorter(graph).static_order())
    assert set(graph) <= set(order)


def test_the_query_language_keeps_the_order_it_is_read_in() -> None:
    told = re.search(r"`query/` has an order of its own: (.*?), then the package itself", MAP, re.DOTALL)
    assert told
    order = re.findall(r"`(\w+)`", told[1])
    files = {name.partition(".")[2] for name in MODULES if room(name) == "query"} - {"", "__main__"}
    assert set(order) == files
    for name in order:
        for imported in imports(MODULES[f"query.{name}"]):
            if room(imported.module) == "query":
                there = imported.module.partition(".")[2]
                assert there in order[: order.index(name)], (name, there)


def test_nothing_of_whoosh_is_used_but_where_the_index_is() -> None:
    for name, path in MODULES.items():
        uses = re.search(r"^\s*(?:from|import) whoosh\b", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert not uses or room(name) in ("columnar", "tree"), name


def test_faces_never_touch_the_index() -> None:
    for name, path in MODULES.items():
        if FLOORS.get(room(name), (9, 0))[0] >= 4 and name not in DOOR:
            touched = [i.module for i in imports(path) if room(i.module) == "columnar"]
            assert touched == [], name
