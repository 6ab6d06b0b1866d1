"""An index directory among others: opening, locking, reading beside a writer, sharing between threads."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest

from essaysearch.columnar import manifest as manifests
from essaysearch.columnar import store as stores
from essaysearch.columnar import writer as writers
from essaysearch.columnar.store import Store, numba_present, require_whoosh3
from essaysearch.errors import (
    EngineConflict,
    IndexDamaged,
    IndexLocked,
    IndexMissing,
    IndexReadOnly,
    NotAnIndex,
)
from truth import assert_holds, documents, held, library_of, plain_entry


def entry(number: int):
    return plain_entry(f"d{number}", f"document {number}\n\nsome more words here")


def filled(place: Path, count: int = 3) -> Store:
    store = Store(place, create=True)
    with store.writer(fast=False) as pen:
        for number in range(count):
            pen.add(*entry(number))
    return store


def library(count: int, without: tuple[int, ...] = ()):
    return library_of(entry(number) for number in range(count) if number not in without)


# Opening


def test_a_new_index_is_empty_and_opens_again(tmp_path):
    assert_holds(Store(tmp_path / "a" / "b", create=True).snapshot(), {})
    assert_holds(Store(tmp_path / "a" / "b").snapshot(), {})


def test_creating_over_an_index_leaves_it_as_it_is(tmp_path):
    filled(tmp_path / "ix")
    assert_holds(Store(tmp_path / "ix", create=True).snapshot(), library(3))


def test_a_directory_that_is_not_there_or_empty_is_named_with_the_command_that_makes_an_index(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / ".gitignore").write_text("*")
    for place in (tmp_path / "nowhere", tmp_path / "empty"):
        with pytest.raises(IndexMissing) as caught:
            Store(place)
        assert f"essaysearch index PATHS --index {place}" in str(caught.value)
    assert_holds(Store(tmp_path / "empty", create=True).snapshot(), {})


@pytest.mark.parametrize("create", [False, True])
def test_a_directory_of_other_things_is_never_written_to(tmp_path, create):
    (tmp_path / "thesis.tex").write_text("mine")
    with pytest.raises(NotAnIndex, match="not empty"):
        Store(tmp_path, create=create)
    assert os.listdir(tmp_path) == ["thesis.tex"]
    with pytest.raises(NotAnIndex, match="is a file"):
        Store(tmp_path / "thesis.tex", create=create)


def test_an_index_that_lost_its_manifest_is_damaged_not_missing(tmp_path):
    filled(tmp_path)
    (tmp_path / manifests.NAME).unlink()
    for create in (False, True):
        with pytest.raises(IndexDamaged, match="is missing"):
            Store(tmp_path, create=create)
    (tmp_path / manifests.PREVIOUS).unlink()
    with pytest.raises(IndexDamaged, match="is missing"):
        Store(tmp_path, create=True)


def test_two_that_create_at_once_lose_nothing(tmp_path):
    def create(number: int) -> None:
        store = Store(tmp_path / "ix", create=True)
        with store.writer(fast=False) as pen:
            pen.add(*entry(number))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(create, range(4)))
    assert_holds(Store(tmp_path / "ix").snapshot(), library(4))


def test_opening_reads_no_pickle(tmp_path, monkeypatch):
    filled(tmp_path)
    for toc in tmp_path.glob("*.toc"):
        toc.write_bytes(b"cos\nsystem\n(S'touch owned'\ntR.")

    def refuse(*arguments, **options):
        raise AssertionError("unpickled")

    for name in ("load", "loads", "Unpickler"):
        monkeypatch.setattr(pickle, name, refuse)
    assert_holds(Store(tmp_path).snapshot(), library(3))


@pytest.mark.parametrize(
    ("beside", "told"),
    [
        ("Whoosh-2.7.4.dist-info", "Whoosh is installed beside whoosh3"),
        ("Whoosh-2.7.4-py3.10.egg-info", "Whoosh is installed beside whoosh3"),
        ("whoosh_reloaded-2.7.5.dist-info", "pip uninstall whoosh_reloaded whoosh3"),
        ("Whoosh_Reloaded-2.7.5.dist-info", "pip uninstall Whoosh_Reloaded whoosh3"),
    ],
)
def test_another_whoosh_beside_whoosh3_is_named_with_the_remedy(tmp_path, monkeypatch, beside, told):
    for name in ("whoosh", "whoosh3-3.54.0.dist-info"):
        (tmp_path / "site" / name).mkdir(parents=True)
    spec = SimpleNamespace(origin=str(tmp_path / "site" / "whoosh" / "__init__.py"))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: spec)
    require_whoosh3()
    (tmp_path / "site" / beside).mkdir()
    with pytest.raises(EngineConflict, match=told):
        Store(tmp_path / "ix", create=True)


def test_no_whoosh_at_all_is_answered_with_the_line_that_installs_it(tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(EngineConflict, match=r"pip install whoosh3==3\.54\.0"):
        Store(tmp_path / "ix", create=True)


# Committing


def test_a_commit_that_changes_nothing_keeps_the_generation(tmp_path):
    store = filled(tmp_path)
    before = store.snapshot()
    store.writer(fast=False).commit()
    with store.writer(fast=False) as pen:
        assert not pen.delete("not there")
        pen.add(*plain_entry("x", "gone again"))
        assert pen.delete("x")
        assert not pen.delete("x")
    assert store.snapshot() is before
    assert manifests.load(tmp_path).generation == 1
    assert {path.name for path in tmp_path.glob("*.cols")} == manifests.load(tmp_path).files()


def test_an_exception_within_a_writer_undoes_all_of_it(tmp_path):
    store = filled(tmp_path)

    def fail() -> None:
        with store.writer(fast=False) as pen:
            pen.add(*entry(7))
            pen.delete("d0")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert_holds(store.snapshot(), library(3))
    with store.writer(fast=False, timeout=0.2) as pen:
        pen.add(*entry(3))
    assert_holds(store.snapshot(), library(4))


def test_a_writer_that_has_ended_says_so_and_ending_it_again_is_harmless(tmp_path):
    store = filled(tmp_path)
    with store.writer(fast=False) as pen:
        pen.commit()
    pen.cancel()
    for act in (lambda: pen.add(*entry(5)), lambda: pen.delete("d0"), pen.commit):
        with pytest.raises(ValueError, match="has ended"):
            act()
    with store.writer(fast=False, timeout=0.2) as other:
        other.add(*entry(3))
    assert_holds(store.snapshot(), library(4))


def test_facts_are_committed_with_the_documents(tmp_path):
    store = filled(tmp_path)
    facts = {"sources": {"a.txt": {"h_index": 54, "name": "Lukošiūtė"}}}
    with store.writer(fast=False) as pen:
        pen.facts.update(facts)
    assert Store(tmp_path).snapshot().manifest.facts == facts
    assert store.snapshot().manifest.generation == 2


def test_ten_segments_of_one_size_become_one(tmp_path):
    store = Store(tmp_path, create=True)
    for number in range(2 * writers.TIER):
        with store.writer(fast=False) as pen:
            pen.add(*entry(number))
        assert len(store.snapshot().views) < writers.TIER
    assert_holds(store.snapshot(), library(2 * writers.TIER))


def test_writers_with_little_memory_write_several_segments_and_lose_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("essaysearch.columnar.writer._BATCH", 1)
    store = Store(tmp_path, create=True)
    with store.writer(fast=False, memory=1) as pen:
        for number in range(5):
            pen.add(*entry(number))
        pen.delete("d1")
        pen.add(*plain_entry("d2", "in place of the other"))
    wanted = {**library(5, without=(1,)), "d2": plain_entry("d2", "in place of the other")}
    assert len(store.snapshot().views) == 4
    assert_holds(store.snapshot(), wanted)


def test_a_file_system_without_hard_links_commits_too(tmp_path, monkeypatch):
    def refuse(*arguments, **options):
        raise PermissionError("no links here")

    monkeypatch.setattr(os, "link", refuse)
    store = filled(tmp_path)
    assert_holds(store.snapshot(), library(3))
    assert (tmp_path / manifests.PREVIOUS).exists()


def test_a_full_disk_leaves_what_was_there_and_the_lock_free(tmp_path, monkeypatch):
    store = filled(tmp_path)
    with monkeypatch.context() as context:

        def refuse(*arguments):
            raise OSError(28, "No space left on device")

        context.setattr(os, "fsync", refuse)
        with pytest.raises(OSError, match="No space left"), store.writer(fast=False) as pen:
            pen.add(*entry(3))
    assert_holds(Store(tmp_path).snapshot(), library(3))
    with store.writer(fast=False, timeout=0.2) as pen:
        pen.add(*entry(3))
    assert_holds(store.snapshot(), library(4))


# The lock


def test_a_second_writer_waits_for_the_first(tmp_path):
    store = filled(tmp_path)
    first = store.writer(fast=False)
    first.add(*entry(3))
    timer = threading.Timer(0.3, first.commit)
    timer.start()
    with Store(tmp_path).writer(fast=False, timeout=30) as second:
        second.add(*entry(4))
    timer.join()
    assert_holds(store.snapshot(), library(5))


def test_a_second_writer_that_waits_in_vain_names_the_holder(tmp_path):
    filled(tmp_path)
    script = (
        f"import sys, time; sys.path[:0] = {sys.path!r}\n"
        "from essaysearch.columnar.store import Store\n"
        f"pen = Store({str(tmp_path)!r}).writer(fast=False)\n"
        "print('locked', flush=True); sys.stdin.read()\n"
    )
    options = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", script], **options) as child:
        assert child.stdout.readline() == "locked\n"
        with pytest.raises(IndexLocked) as caught:
            Store(tmp_path).writer(timeout=0.1)
        assert f"process {child.pid} (since 2" in str(caught.value)
        assert "within 0.1 s" in str(caught.value)
        assert_holds(Store(tmp_path).snapshot(), library(3))
        child.kill()
    with Store(tmp_path).writer(fast=False, timeout=5) as pen:
        pen.add(*entry(3))
    assert_holds(Store(tmp_path).snapshot(), library(4))


def test_a_holder_that_left_no_name_is_another_process(tmp_path):
    store = filled(tmp_path)
    pen = store.writer(fast=False)
    (tmp_path / "essaysearch.writer").unlink()
    with pytest.raises(IndexLocked, match="another process is writing"):
        store.writer(timeout=0)
    pen.cancel()


def as_nobody(act: Callable[[], None]) -> str:
    """What ``act`` raises when a user without rights does it (in a process of its own), as a sentence."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        try:
            if os.geteuid() == 0:
                os.setgid(65534)
                os.setuid(65534)
            act()
            os.write(write, b"nothing")
        except BaseException as error:
            os.write(write, f"{type(error).__name__}: {error}".encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    os.close(write)
    with os.fdopen(read) as told:
        return told.read()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")
def test_a_directory_that_cannot_be_written_can_be_read_and_says_why_it_cannot_be_written():
    with tempfile.TemporaryDirectory() as top:
        place = Path(top) / "ix"
        filled(place)
        os.chmod(top, 0o755)
        os.chmod(place, 0o555)
        assert as_nobody(lambda: assert_holds(Store(place).snapshot(), library(3))) == "nothing"
        said = as_nobody(lambda: Store(place).writer(timeout=0.1).cancel())
        assert said.startswith(f"IndexReadOnly: {place}: cannot be written (Permission denied).")
        said = as_nobody(lambda: Store(place / "deeper", create=True) and None)
        assert said.startswith(f"IndexReadOnly: {place / 'deeper'}: cannot be written (Permission denied).")
        (place / manifests.NAME).chmod(0o000)
        said = as_nobody(lambda: Store(place) and None)
        assert said.startswith(f"IndexDamaged: {place / manifests.NAME}: cannot be read (Permission denied).")
        os.chmod(place, 0o755)


def test_a_read_only_file_system_says_so(tmp_path, monkeypatch):
    store = filled(tmp_path)

    def refuse(*arguments, **options):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(IndexReadOnly, match="Read-only file system"):
        store.writer()


# Readers beside a writer


def test_readers_keep_the_state_they_took_whatever_a_writer_does(tmp_path):
    store = filled(tmp_path)
    other = Store(tmp_path)
    before = [store.snapshot(), other.snapshot()]
    pen = store.writer(fast=False)
    pen.add(*entry(3))
    pen.delete("d0")
    assert store.snapshot() is before[0]
    pen.commit(optimize=True)
    for number in range(4, 7):
        with store.writer(fast=False) as pen:
            pen.add(*entry(number))
    store.writer(fast=False).commit(optimize=True)
    for snapshot in before:
        assert_holds(snapshot, library(3))
    for snapshot in (store.snapshot(), other.snapshot(), Store(tmp_path).snapshot()):
        assert_holds(snapshot, library(7, without=(0,)))


def test_commits_of_this_process_are_seen_at_once_and_those_of_others_within_a_moment(tmp_path, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(stores, "monotonic", lambda: now[0])
    store, other = filled(tmp_path), Store(tmp_path)
    assert_holds(store.snapshot(), library(3))
    with other.writer(fast=False) as pen:
        pen.add(*entry(3))
    assert_holds(store.snapshot(), library(4))
    with other.writer(fast=False) as pen:
        pen.add(*entry(4))
    manifests.committed -= 1  # as if another process had written it
    assert_holds(store.snapshot(), library(4))
    now[0] += 0.0011
    assert_holds(store.snapshot(), library(5))


def test_an_index_made_anew_at_the_same_generation_is_not_taken_for_the_old_one(tmp_path):
    store = filled(tmp_path)
    store.snapshot()
    for name in os.listdir(tmp_path):
        (tmp_path / name).unlink()
    filled(tmp_path, 2)
    assert_holds(store.snapshot(), library(2))


@pytest.mark.parametrize("fast", [False, True] if numba_present() else [False])
def test_threads_that_share_a_store_with_a_writer_always_see_a_whole_commit(tmp_path, fast, monkeypatch):
    monkeypatch.setattr(writers, "TIER", 3)
    store = Store(tmp_path, create=True)
    commits = 25
    done = threading.Event()

    def read(which: int) -> int:
        seen = -1
        while True:
            last = done.is_set()
            snapshot = (store if which % 2 else Store(tmp_path)).snapshot()
            generation = snapshot.manifest.generation
            assert generation >= seen
            seen = generation
            wanted = library(generation, without=(generation - 2,) if generation % 3 == 2 else ())
            assert documents(snapshot) == wanted
            assert {key[0] for row in held(snapshot).values() for key in row} == set(wanted)
            if last:
                return seen

    with ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(read, which) for which in range(4)]
        try:
            for number in range(commits):
                with store.writer(fast=fast) as pen:
                    pen.add(*entry(number))
                    if number % 3 == 1:
                        pen.delete(f"d{number - 1}")
                    elif number % 3 == 2:
                        pen.add(*entry(number - 2))
        finally:
            done.set()
        assert [reader.result() for reader in readers] == [commits] * 4


def test_a_process_that_opens_while_another_commits_finds_a_whole_commit(tmp_path):
    filled(tmp_path, 1)
    script = (
        f"import sys; sys.path[:0] = {sys.path!r}\n"
        "from essaysearch.columnar.store import Store\n"
        "from truth import plain_entry\n"
        f"store = Store({str(tmp_path)!r})\n"
        "for number in range(1, 31):\n"
        "    pen = store.writer(fast=False)\n"
        "    pen.add(*plain_entry(f'd{number}', f'document {number}\\n\\nsome more words here'))\n"
        "    pen.commit(optimize=True)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script]) as child:
        while child.poll() is None:
            snapshot = Store(tmp_path).snapshot()
            assert documents(snapshot) == library(snapshot.manifest.generation)
            time.sleep(0.001)
    assert child.returncode == 0
    assert_holds(Store(tmp_path).snapshot(), library(31))
