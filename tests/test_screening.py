"""Screening: what is proposed, what is kept, what is left, and what becomes of judgments."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import essaysearch
from essaysearch import Document, UnknownId
from essaysearch.cli import main
from essaysearch.topics import judgments, regression, screening, stopping, vectors
from essaysearch.topics.judgments import JudgmentError

SEA = (
    "Kelp grows on rocks beneath the tide.", "Kelp feeds urchins and shelters fish.",
    "Divers cut kelp for iodine.", "Seaweed on rocks shelters fish beneath the tide.",
)  # fmt: skip
LAND = tuple(f"Wheat number {n} grows in a dry field near the village mill." for n in range(26))


@pytest.fixture
def library(tmp_path: Path) -> essaysearch.Library:
    library = essaysearch.open_library(tmp_path / "index", create=True, fast=False)
    library.add([Document(f"d{n}", "essay", text) for n, text in enumerate(SEA + LAND)])
    (tmp_path / "kelp.toml").write_text("[[sense]]\nphrases = ['kelp']\n", encoding="utf-8")
    return library


def topic(tmp_path: Path) -> essaysearch.topics.files.Topic:
    return essaysearch.topics.files.load(tmp_path / "kelp.toml")


def kept(tmp_path: Path) -> list[dict[str, str]]:
    lines = (tmp_path / "kelp.judgments.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def is_sea(text: str) -> bool:
    return "elp" in text or "Seaweed" in text


# What is proposed


def test_the_topics_own_passages_come_first_then_those_like_them(library, tmp_path):
    session = library.screen(topic(tmp_path))
    shown = []
    for _ in range(4):
        hit = session.next()
        shown.append(hit.text)
        session.judge(hit.passage_id, is_sea(hit.text))
    assert sorted(shown) == sorted(SEA)
    assert "kelp" in session.reasons(session.next().passage_id) or session.progress.relevant == 4


def test_asked_again_it_gives_the_same_passage_and_every_passage_once(library, tmp_path):
    session = library.screen(topic(tmp_path))
    seen = []
    while (hit := session.next()) is not None:
        assert session.next() == hit
        seen.append(hit.passage_id)
        session.judge(hit.passage_id, is_sea(hit.text))
    assert len(seen) == len(set(seen)) == len(library)
    assert str(session.progress).endswith("Every passage is judged.")


def test_iterating_ends_when_the_target_is_reached(library, tmp_path):
    session = library.screen(topic(tmp_path), target=0.8)
    for hit in session:
        session.judge(hit.passage_id, is_sea(hit.text))
    assert session.progress.relevant == 4
    assert session.progress.reached


def test_skipped_passages_come_back_after_all_others(library, tmp_path):
    session = library.screen(topic(tmp_path))
    first = session.next().passage_id
    session.skip(first)
    order = []
    while (hit := session.next()) is not None:
        order.append(hit.passage_id)
        session.judge(hit.passage_id, True)
    assert order[-1] == first
    assert len(order) == len(library)


def test_a_loop_that_judges_nothing_ends_with_every_passage_skipped(library, tmp_path):
    session = library.screen(topic(tmp_path))
    assert len(list(session)) == len(library) == len(session.answers)
    assert repr(session) == (
        "<Screening of 'kelp': 0 of 30 judged, 0 relevant; too early to tell how many are left.>"
    )


def test_a_topic_of_stop_words_that_finds_passages_is_no_topic_without_words(library, tmp_path):
    (tmp_path / "kelp.toml").write_text("[[sense]]\nphrases = ['the']\n", encoding="utf-8")
    session = library.screen(topic(tmp_path))
    assert not session.warnings
    assert " the " in session.next().text


def test_a_topic_whose_words_the_library_lacks_says_so_and_learns_from_the_answers(library, tmp_path):
    (tmp_path / "kelp.toml").write_text("[[sense]]\nphrases = ['zyzzyva']\n", encoding="utf-8")
    session = library.screen(topic(tmp_path))
    assert session.warnings == [
        "No word of the topic `kelp` stands in the library, so the first passages shown are any;"
        " the answers lead from there."
    ]
    session.judge(library.search("iodine")[0].passage_id, True)
    assert "elp" in session.next().text


# What is kept


def test_an_answer_is_on_disk_before_judge_returns_and_a_later_session_goes_on(library, tmp_path):
    session = library.screen(topic(tmp_path))
    hit = session.next()
    session.judge(hit.passage_id, True)
    (row,) = kept(tmp_path)
    assert (row["passage"], row["answer"], row["text"]) == (hit.passage_id, "yes", hit.text)
    later = library.screen(topic(tmp_path))
    assert later.answers == {hit.passage_id: "yes"}
    assert later.next().passage_id != hit.passage_id


def test_undo_withdraws_the_last_answer_and_shows_the_passage_again(library, tmp_path):
    session = library.screen(topic(tmp_path))
    assert session.undo() is None
    first = session.next().passage_id
    session.judge(first, False)
    second = session.next().passage_id
    session.judge(second, True)
    assert session.undo() == second == session.next().passage_id
    assert session.answers == {first: "no"} == library.screen(topic(tmp_path)).answers


def test_of_contradictory_answers_the_last_counts_and_is_said(library, tmp_path):
    session = library.screen(topic(tmp_path))
    hit = session.next()
    session.judge(hit.passage_id, True)
    session.judge(hit.passage_id, False)
    assert session.warnings == [f"{hit.passage_id} was judged yes before; no counts now."]
    later = library.screen(topic(tmp_path))
    assert later.answers == {hit.passage_id: "no"}
    assert later.warnings == [
        f"1 passage was judged both yes and no; the last answer counts ({hit.passage_id})."
    ]


def test_an_unknown_passage_cannot_be_judged(library, tmp_path):
    with pytest.raises(UnknownId, match="No passage bears the id `nonsense`"):
        library.screen(topic(tmp_path)).judge("nonsense", True)


def test_lines_that_are_no_judgments_are_counted_and_a_torn_one_is_written_over(tmp_path):
    path = tmp_path / "x.judgments.jsonl"
    whole = '{"passage": "a", "answer": "yes"}\n'
    path.write_text(whole + "nonsense\n[]\n" + '{"passage": "b", "ans', encoding="utf-8")
    found = judgments.read(path)
    assert found.relevant == {"a": True}
    assert found.warnings == (
        f"{path}: 2 lines are no judgment and left out (line 2, 3).",
        f"{path}: the last line was not written to its end and is left out.",
    )
    judgments.append(path, judgments.Judgment("c", "no"))
    assert judgments.read(path).relevant == {"a": True, "c": False}


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(JudgmentError, match="the judgment could not be written"):
        judgments.append(tmp_path / "absent" / "x.jsonl", judgments.Judgment("a", "yes"))
    with pytest.raises(JudgmentError, match="has no file, so its judgments have no place"):
        judgments.path_of(essaysearch.topics.files.Topic("kelp", ()))


def test_judgments_are_not_read_as_documents(tmp_path):
    (tmp_path / "in" / "topics").mkdir(parents=True)
    (tmp_path / "in" / "a.md").write_text("# A\n\nKelp.\n", encoding="utf-8")
    judgments.append(
        tmp_path / "in/topics/kelp.judgments.jsonl", judgments.Judgment("a", "yes", text="Kelp.")
    )
    library = essaysearch.open_library(tmp_path / "index", create=True, fast=False)
    assert library.add(tmp_path / "in").added == 1


# Through a re-ingest


def test_judgments_follow_an_edited_passage_and_name_a_vanished_one(library, tmp_path):
    session = library.screen(topic(tmp_path))
    ids = {hit.doc_id: hit.passage_id for hit in library.search("kelp OR wheat", k=100)}
    for name, relevant in (("d0", True), ("d1", True), ("d2", False)):
        session.judge(ids[name], relevant)
    library.remove(["d2"])
    library.add([Document("d1", "essay", "Kelp feeds urchins, and shelters many fish.")])
    later = library.screen(topic(tmp_path))
    now = library.search("urchins")[0].passage_id
    assert now != ids["d1"]
    assert later.answers == {ids["d0"]: "yes", now: "yes"}
    assert later.warnings == [
        "1 judged passage has changed; the judgments follow the text.",
        f"1 judged passage is no longer in the library ({ids['d2']}); the judgments stay in the file and do"
        " not count.",
    ]
    again = library.screen(topic(tmp_path))
    assert again.answers == later.answers
    assert len(again.warnings) == 1


def test_a_judgment_finds_its_text_in_a_document_of_another_name(library, tmp_path):
    session = library.screen(topic(tmp_path))
    session.judge(library.search("iodine")[0].passage_id, True)
    library.remove("d2")
    library.add([Document("renamed", "essay", SEA[2])])
    assert list(library.screen(topic(tmp_path)).answers) == [library.search("iodine")[0].passage_id]


# As a test collection


def test_an_exported_topic_is_a_collection_that_eval_measures(library, tmp_path):
    pytest.importorskip("ir_measures")
    session = library.screen(topic(tmp_path))
    for _ in range(8):
        hit = session.next()
        session.judge(hit.passage_id, is_sea(hit.text))
    session.skip(session.next().passage_id)
    said = library.export_topics([topic(tmp_path)], tmp_path / "out")
    assert said == ["kelp: 8 passages judged, 4 of them relevant."]
    qrels = (tmp_path / "out" / "qrels.tsv").read_text(encoding="utf-8").splitlines()
    assert qrels[0] == "query-id\tcorpus-id\tscore"
    assert len(qrels) == 9
    result = CliRunner().invoke(main, ["eval", str(tmp_path / "out"), "--format", "json"])
    told = json.loads(result.stdout)
    assert (told["documents"], told["queries"]) == (len(library), 1)
    assert told["measures"]["R@100"] == pytest.approx(0.75)
    assert judgments_of(tmp_path / "out" / "qrels.trec") == judgments_of(tmp_path / "out" / "qrels.tsv")


def judgments_of(path: Path) -> dict[str, dict[str, int]]:
    from essaysearch.measuring.judgments import read_qrels

    return read_qrels(path)


def test_a_topic_without_judgments_cannot_be_exported(library, tmp_path):
    with pytest.raises(JudgmentError, match="has no judgments to export"):
        library.export_topics([topic(tmp_path)], tmp_path / "out")


# On the terminal


@pytest.fixture
def place(library, tmp_path):
    (tmp_path / "topics").mkdir()
    (tmp_path / "kelp.toml").rename(tmp_path / "topics" / "kelp.toml")
    return tmp_path


def screen(place: Path, **options) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "essaysearch", "topic", "screen", "kelp", "--index", "index"],
        cwd=place, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "ESSAYSEARCH_CONFIG": "", "PYTHONUNBUFFERED": "1"}, **options,
    )  # fmt: skip


def test_a_screening_on_the_terminal_asks_learns_undoes_and_tells_what_is_left(place):
    out, err = screen(place).communicate("y\ny\nx\nn\nu\ny\ns\n" + "n\n" * 40)
    assert err == ""
    assert "Press one of y, n, s, u, p, q." in out
    assert "Undone: " in out
    assert "shown for: " in out
    assert "% of the relevant are found with that confidence: you may stop." in out
    assert "Every passage is judged." in out
    found = judgments.read(place / "topics" / "kelp.judgments.jsonl")
    assert sum(found.relevant.values()) == 3
    assert len(found.relevant) == len(SEA + LAND)


def test_a_killed_screening_loses_no_answer(place):
    running = screen(place)
    for answer in ("y", "y", "n"):
        running.stdin.write(f"{answer}\n")
        running.stdin.flush()
        while "Does it belong?" not in running.stdout.readline():
            pass
    while True:  # the fourth passage is shown: the third answer was taken
        if running.stdout.readline().startswith("3 of "):
            break
    os.kill(running.pid, signal.SIGKILL)
    running.communicate()
    assert running.returncode == -signal.SIGKILL
    path = place / "topics" / "kelp.judgments.jsonl"
    assert list(judgments.read(path).relevant.values()) == [True, True, False]
    out, _ = screen(place).communicate("q\n")
    assert "\n3 of 30 judged, 2 relevant" in out


# The parts


def dense(known: vectors.Features) -> np.ndarray:
    full = np.zeros((len(known), len(known.idf)))
    for row in range(len(known)):
        at = slice(known.starts[row], known.starts[row + 1])
        full[row, known.columns[at]] = known.values[at]
    return full


def test_vectors_count_what_the_texts_hold_without_stop_words(library):
    held = vectors.counted(library.snapshot())
    at = slice(held.starts[0], held.starts[1])
    names = {column: term for term, column in held.terms.items()}
    assert {names[column] for column in held.columns[at].tolist()} == {
        "kelp", "grow", "rock", "beneath", "tide",
    }  # fmt: skip
    assert set(held.counts[at].tolist()) == {1.0}
    known = vectors.features(held.starts, held.columns, held.counts, len(held.terms))
    assert np.linalg.norm(dense(known), axis=1) == pytest.approx(1.0)


def test_deleted_passages_are_no_rows(library):
    library.remove(["d0", "d7"])
    held = vectors.counted(library.snapshot())
    assert len(held.ids) == len(library) == len(held.starts) - 1


def test_the_regression_finds_where_the_slope_of_its_loss_is_zero():
    random = np.random.default_rng(1)
    counts = random.integers(0, 3, (40, 12))
    rows, columns = np.nonzero(counts)
    starts = np.searchsorted(rows, np.arange(41))
    known = vectors.features(starts, columns, counts[rows, columns], 12)
    query = vectors.query_vector({0: 1.0, 3: 2.0}, known)
    examples = regression.Examples(known, np.arange(40), query)
    wanted = np.append(random.integers(0, 2, 40), 1).astype(float)
    costs = random.uniform(0.5, 3.0, 41)
    found = regression.minimise(examples, wanted, costs, np.zeros(13), 30)
    full = np.zeros((41, 13))
    full[:40, :12], full[40, query[0]], full[:, 12] = dense(known), query[1], 1.0
    chance = 1.0 / (1.0 + np.exp(-full @ found))
    assert full.T @ (costs * (chance - wanted)) + found == pytest.approx(np.zeros(13), abs=1e-4)


def test_in_a_large_collection_a_sample_stands_for_the_unjudged(monkeypatch):
    monkeypatch.setattr(regression, "SAMPLE", 10)
    rows = regression._examples_of(50, np.array([3, 48]))
    assert {3, 48} <= set(rows.tolist())
    assert 10 <= len(rows) <= 12
    assert rows.tolist() == sorted(rows.tolist())


def test_batches_grow_by_a_twentieth_and_proposals_leave_out_the_judged():
    assert [screening.batch(n) for n in (0, 1, 39, 40, 100)] == [1, 1, 1, 2, 5]
    scores = np.array([0.5, 0.9, 0.9, 0.1])
    assert screening.propose(scores, [1], 2).tolist() == [2, 0]
    assert screening.propose(scores, [], 9).tolist() == [1, 2, 0, 3]


def test_what_is_left_shrinks_as_nothing_more_is_found():
    finds = [True] * 12 + [False, True] * 4
    told = [stopping.estimate(finds + [False] * n, 2_000) for n in (0, 50, 200, 800)]
    assert [t.left for t in told] == sorted((t.left for t in told), reverse=True)
    assert all(t.left >= 0 and t.most <= 2_000 for t in told)
    assert not stopping.reached(16, told[0], 0.95, 0.9)
    assert stopping.reached(16, told[3], 0.95, 0.9)
    assert not stopping.reached(16, told[3], 1.0, 0.9999)


def test_before_there_is_anything_to_go_by_all_may_be_left():
    told = stopping.estimate([False] * 200, 1_000)
    assert (told.left, told.most) == (800, 800)
    assert not stopping.reached(0, told, 0.8, 0.5)
    done = stopping.estimate([True, False], 2)
    assert (done.left, done.most) == (0, 0)
    assert stopping.reached(1, done, 1.0, 0.99)


def test_a_single_find_and_a_short_silence_are_no_reason_to_stop():
    told = stopping.estimate([True] + [False] * 20, 6_000)
    assert not stopping.reached(1, told, 0.95, 0.9)


def test_the_chances_are_those_of_the_model_written_out():
    """The posterior by plain sums: places drawn from a power law, the onset counted in relevant ones."""
    total, found = 60, [n in (0, 1, 2, 4, 7, 15) for n in range(30)]
    places = [n + 0.5 for n, yes in enumerate(found) if yes]
    weights = []
    for left in range(31):
        relevant, weight = len(places) + left, 0.0
        for row, k in zip(stopping.PRIOR, stopping.DECLINES, strict=True):
            for share, g in zip(row, stopping.ONSETS, strict=True):
                c = g * relevant
                whole = (c ** (1 - k) - (total + c) ** (1 - k)) / (k - 1)
                after = (30 + c) ** (1 - k) / (k - 1) - (total + c) ** (1 - k) / (k - 1)
                drawn = math.prod((place + c) ** -k / whole for place in places)
                weight += share * drawn * (after / whole) ** left
        weights.append(weight * math.comb(relevant, left) / (relevant + stopping.FEW))
    told = stopping.estimate(found, total)
    assert told.numbers.tolist() == list(range(31))
    assert told.chances == pytest.approx(np.cumsum(weights) / sum(weights), abs=1e-3)
    assert told.left == pytest.approx(np.arange(31) @ weights / sum(weights), rel=1e-2)


def test_numbers_far_apart_keep_the_chances():
    found = [n < 40 or n % 4 == 0 for n in range(300)]
    few, many = (stopping.estimate(found, 3_000, confidence) for confidence in (0.5, 0.95))
    assert few.left == many.left
    assert 0 < few.most < many.most <= 2_700
    assert many.numbers[-1] == 2_700
    assert np.all(np.diff(many.chances) >= 0)
    assert many.chances[-1] == 1.0


def test_on_finds_drawn_from_its_own_model_the_stated_confidence_comes_true():
    random = np.random.default_rng(7)
    total, held = 3_000, []
    cells = stopping.PRIOR.ravel() / stopping.PRIOR.sum()
    for _ in range(120):
        row, column = np.unravel_index(random.choice(len(cells), p=cells), stopping.PRIOR.shape)
        relevant = int(random.integers(10, 80))
        k, c = stopping.DECLINES[row], stopping.ONSETS[column] * relevant
        share = np.cumsum((np.arange(total) + 0.5 + c) ** -k)
        found = np.zeros(total, bool)
        found[np.searchsorted(share, random.random(relevant) * share[-1])] = True
        told = stopping.estimate(found[:300].tolist(), total, 0.9)
        held.append(found[300:].sum() <= told.most)
    assert np.mean(held) >= 0.85


def test_a_setting_holds_for_the_commands_of_a_group(place):
    settings = place / "config.toml"
    settings.write_text("index = 'index'\n[topic]\nk = 1\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "essaysearch", "topic", "show", "kelp"],
        cwd=place, env={**os.environ, "ESSAYSEARCH_CONFIG": str(settings)}, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert done.stdout.startswith("kelp: 3 passages\n\n1. ")
    assert "\n2. " not in done.stdout
