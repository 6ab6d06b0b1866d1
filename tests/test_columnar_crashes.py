"""A writer that dies, at whatever moment, leaves the state committed last, and the next one cleans up."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from whoosh import index

from essaysearch.columnar.store import Store, replace
from truth import LONG, Library, assert_holds, held, library_of, plain_entry

forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")

BEFORE = library_of(
    [
        plain_entry("a", "deceptive models\n\nplay along\n\nuntil deployed", title="On models"),
        plain_entry("b", "gardens and walls", authors=("Ada Lane",), date="2023"),
        plain_entry("c", "the café reopened\n\nyesterday", karma=4.0),
    ]
)
CHANGED = plain_entry("a", "honest models after all", title="On models")
ADDED = plain_entry("d", "quite another matter")
AFTER: Library = {"a": CHANGED, "c": BEFORE["c"], "d": ADDED}


def filled(place: Path) -> Store:
    """`BEFORE`, a segment for each document."""
    store = Store(place, create=True)
    for entry in BEFORE.values():
        with store.writer(fast=False) as pen:
            pen.add(*entry)
    return store


def change(store: Store, optimize: bool) -> None:
    pen = store.writer(fast=False)
    pen.delete("b")
    pen.add(*CHANGED)
    pen.add(*ADDED)
    pen.commit(optimize=optimize)


def stock_ids(place: Path) -> set[str]:
    """The documents that plain Whoosh finds in a directory."""
    with index.open_dir(str(place)).searcher() as searcher:
        return {hit["doc_id"] for hit in searcher.documents()}


def dies_at(step: int, place: Path, act) -> bool:
    """Do ``act`` in a process that ends, cleaning nothing up, at its n-th look at or change to the directory.

    Returns whether it came that far.
    """
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        assert os.WEXITSTATUS(status) in (0, 9), status
        return os.WEXITSTATUS(status) == 9
    seen = 0

    def watch(event: str, arguments: tuple) -> None:
        nonlocal seen
        if event.startswith(("open", "os.")) and any(str(place) in str(argument) for argument in arguments):
            seen += 1
            if seen == step:
                os._exit(9)

    try:
        sys.addaudithook(watch)
        act()
        os._exit(0)
    finally:
        os._exit(1)


@forks
@pytest.mark.parametrize("optimize", [False, True])
def test_a_writer_killed_between_any_two_file_operations_leaves_what_was_there_or_the_whole_change(
    tmp_path, optimize
):
    filled(tmp_path / "start")
    step, states = 0, set()
    while True:
        step += 1
        place = tmp_path / f"try{step}"
        shutil.copytree(tmp_path / "start", place)
        died = dies_at(step, place, lambda place=place: change(Store(place), optimize))
        store = Store(place)
        snapshot = store.snapshot()
        library = AFTER if snapshot.manifest.generation == 4 else BEFORE
        assert_holds(snapshot, library)
        assert snapshot.verify() > 0
        assert stock_ids(place) in (set(BEFORE), set(AFTER))
        states.add(len(library) == len(AFTER) and library is AFTER)
        with store.writer(fast=False, timeout=1.0) as pen:
            pen.add(*plain_entry("e", "work goes on"))
        assert_holds(store.snapshot(), {**library, "e": plain_entry("e", "work goes on")})
        assert stock_ids(place) == {*library, "e"}
        if not died:
            break
    assert states == {True, False}
    assert step > 20


@forks
def test_a_creation_killed_between_any_two_file_operations_can_be_done_again(tmp_path):
    step = 0
    while True:
        step += 1
        place = tmp_path / f"try{step}"
        died = dies_at(step, place, lambda place=place: Store(place, create=True))
        assert_holds(Store(place, create=True).snapshot(), {})
        if not died:
            break
    assert step > 5


@forks
def test_a_rebuild_killed_while_it_takes_the_old_place_leaves_one_whole_index(tmp_path):
    step, states = 0, set()
    while True:
        step += 1
        place, fresh = tmp_path / f"try{step}", tmp_path / f"fresh{step}"
        filled(place)
        with Store(fresh, create=True).writer(fast=False) as pen:
            for entry in AFTER.values():
                pen.add(*entry)
        died = dies_at(step, place, lambda place=place, fresh=fresh: replace(place, fresh))
        store = Store(place)
        library = AFTER if store.snapshot().manifest.generation == 1 else BEFORE
        assert_holds(store.snapshot(), library)
        states.add(library is AFTER)
        with store.writer(fast=False, timeout=1.0) as pen:
            pen.add(*plain_entry("e", "work goes on"))
        assert_holds(Store(place).snapshot(), {**library, "e": plain_entry("e", "work goes on")})
        assert stock_ids(place) == {*library, "e"}
        if not died:
            break
    assert states == {True, False}


@forks
def test_after_two_commits_nothing_of_a_killed_writer_is_left(tmp_path):
    store = filled(tmp_path / "ix")
    step = 0
    while dies_at(
        step := step + 1, tmp_path / "ix", lambda: Store(tmp_path / "ix").writer(fast=False).commit()
    ):
        pass
    dies_at(12, tmp_path / "ix", lambda: change(Store(tmp_path / "ix"), True))
    for number in range(3):
        with store.writer(fast=False) as pen:
            pen.add(*plain_entry(f"x{number}", "more words"))
    manifest = store.snapshot().manifest
    kept = {f"_MAIN_{manifest.generation - n}.toc" for n in (0, 1)} | {"MAIN_WRITELOCK"}
    kept |= {"essaysearch.manifest", "essaysearch.manifest.previous"}
    assert set(os.listdir(tmp_path / "ix")) == manifest.files() | kept


WRITER = """
import sys
sys.path[:0] = {path!r}
from truth import plain_entry
from essaysearch.columnar.store import Store, replace
store = Store({place!r}, create=True)
for number in range({first}, 10**6):
    with store.writer(fast=False) as pen:
        text = f"document {{number}}\\n\\n" + "some more words " * (number % 50)
        pen.add(*plain_entry(f"d{{number}}", text))
        if number % 3 == 2:
            pen.delete(f"d{{number - 1}}")
    print(number, flush=True)
"""


def after(number: int) -> set[str]:
    """The documents left after the commit of one of the writer's documents."""
    return {f"d{n}" for n in range(number + 1) if not (n % 3 == 1 and n < number)}


def test_a_writer_killed_at_random_moments_never_loses_what_it_has_acknowledged(tmp_path):
    place, chance = tmp_path / "ix", random.Random(4)
    acknowledged = -1
    for _ in range(100 if LONG else 4):
        script = WRITER.format(path=sys.path, place=str(place), first=acknowledged + 1)
        with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            told = [child.stdout.readline()]
            time.sleep(chance.uniform(0, 0.3))
            child.send_signal(signal.SIGKILL)
            told += child.stdout.readlines()
        acknowledged = max([acknowledged, *(int(line) for line in told if line.endswith("\n"))])
        snapshot = Store(place).snapshot()
        assert snapshot.verify() > 0
        found = {key[0] for row in held(snapshot).values() for key in row}
        assert found in (after(acknowledged), after(acknowledged + 1))
        acknowledged += found != after(acknowledged)
