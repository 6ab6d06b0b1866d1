"""Collections, runs, measures and comparisons: what is read, what is warned of, what is computed."""

from __future__ import annotations

import gzip
import itertools
import json
import math
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from essaysearch.cli import main
from essaysearch.errors import EssaysearchError, ReadError
from essaysearch.measuring import evaluation, judgments
from shared import COLLECTIONS, needs_shared

CORPUS = [
    {"_id": "d1", "title": "Kites", "text": "A kite flies on a long line."},
    {"_id": "d2", "title": "", "text": "Lines of verse about the wind."},
    {"_id": "d3", "title": "Boats", "text": "A boat sails by the wind."},
    {"_id": "q1", "title": "Wind", "text": "Wind moves kites and boats."},
]
QUERIES: list[dict[str, Any]] = [
    {"_id": "q1", "text": "kites in the wind"},
    {"_id": "q2", "text": "boats", "exclude": ["d3"]},
    {"_id": "q3", "text": "never judged"},
    {"_id": "q4", "text": "judged, without luck"},
]
GRADES = "q1 d1 2, q1 d2 1, q1 gone 3, q2 q1 1, q4 d1 0, q9 d1 1"


def beir(directory: Path, qrels: str | None = None, packed: bool = False) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    lines = "query-id\tcorpus-id\tscore\n" + GRADES.replace(" ", "\t").replace(",\t", "\n") + "\n"
    files = {
        "corpus.jsonl": "".join(json.dumps(d) + "\n" for d in CORPUS),
        "queries.jsonl": "".join(json.dumps(q) + "\n" for q in QUERIES),
        "qrels.tsv": lines if qrels is None else qrels,
    }
    for name, text in files.items():
        if packed:
            (directory / f"{name}.gz").write_bytes(gzip.compress(text.encode()))
        else:
            (directory / name).write_text(text, encoding="utf-8")
    return directory


def perfect(text: str, k: int) -> list[tuple[str, float]]:
    found = {"kites in the wind": ["d1", "d2", "d3"], "boats": ["d3", "q1", "d2"]}
    return [(d, 9.0 - i) for i, d in enumerate(found.get(text, []))][:k]


def test_a_collection_reads_alike_plain_and_gzipped(tmp_path: Path) -> None:
    plain = judgments.read_collection(beir(tmp_path / "a" / "set"))
    packed = judgments.read_collection(beir(tmp_path / "b" / "set", packed=True))
    assert plain.queries == packed.queries
    assert plain.qrels == packed.qrels
    assert plain.document_ids == packed.document_ids == {"d1", "d2", "d3", "q1"}
    assert plain.name == "set"


def test_documents_keep_the_ids_that_judgments_use(tmp_path: Path) -> None:
    collection = judgments.read_collection(beir(tmp_path))
    documents = list(judgments.documents(collection))
    assert [d.id for d in documents] == ["d1", "d2", "d3", "q1"]
    assert documents[0].title == "Kites"
    assert documents[0].text == "A kite flies on a long line."


def test_what_does_not_fit_together_is_said(tmp_path: Path) -> None:
    warnings = " ".join(judgments.read_collection(beir(tmp_path)).warnings)
    assert "1 judged document (gone) is not in the corpus" in warnings
    assert "1 judged query id (q9) is not among the queries" in warnings
    assert "1 query (q3) is without judgments" in warnings
    assert "1 query (q4) is without a relevant judgment" in warnings


def test_measures_average_over_queries_with_a_relevant_judgment(tmp_path: Path) -> None:
    result = evaluation.report(judgments.read_collection(beir(tmp_path / "tiny")), perfect)
    assert result["schema"] == 1
    assert result["collection"] == "tiny"
    assert result["documents"] == 4
    assert result["queries"] == 2
    assert list(result["measures"]) == ["nDCG@10", "AP", "R@100", "P@10", "RR"]
    assert json.loads(json.dumps(result)) == result


def test_judged_ids_that_the_corpus_lacks_stay_in_the_ideal_ranking(tmp_path: Path) -> None:
    collection = judgments.read_collection(beir(tmp_path))
    run, _ = evaluation.rank(collection, perfect)
    found = evaluation.measure(collection, run).by_query["q1"]
    second, third = 1 / math.log2(3), 0.5
    assert found["nDCG@10"] == pytest.approx((2 + second) / (3 + 2 * second + third))
    assert found["R@100"] == pytest.approx(2 / 3)


def test_excluded_documents_leave_the_ranking_and_equal_ids_mean_nothing(tmp_path: Path) -> None:
    collection = judgments.read_collection(beir(tmp_path))
    run, _ = evaluation.rank(collection, perfect)
    assert [d for d, _ in run["q2"]] == ["q1", "d2"]
    assert evaluation.measure(collection, run).by_query["q2"]["RR"] == 1.0


def test_a_ranking_stays_as_deep_as_asked_although_documents_are_excluded(tmp_path: Path) -> None:
    collection = judgments.read_collection(beir(tmp_path))
    run, _ = evaluation.rank(collection, perfect, depth=2)
    assert [len(ranking) for ranking in run.values()] == [2, 2]


def test_a_query_that_finds_nothing_counts_nought(tmp_path: Path) -> None:
    collection = judgments.read_collection(beir(tmp_path))
    result = evaluation.measure(collection, {"q1": [("d1", 1.0)]})
    assert result.by_query["q2"] == dict.fromkeys(evaluation.MEASURES, 0.0)
    assert evaluation.measure(collection, {}).means["AP"] == 0.0


def test_ties_stay_as_the_run_broke_them(tmp_path: Path) -> None:
    collection = judgments.read_collection(beir(tmp_path))
    first = evaluation.measure(collection, {"q1": [("d1", 1.0), ("d3", 1.0)]}, ["RR"])
    later = evaluation.measure(collection, {"q1": [("d3", 1.0), ("d1", 1.0)]}, ["RR"])
    assert (first.by_query["q1"]["RR"], later.by_query["q1"]["RR"]) == (1.0, 0.5)


def test_a_search_that_repeats_itself_or_rises_is_said(tmp_path: Path) -> None:
    collection = judgments.read_collection(beir(tmp_path))
    run, warnings = evaluation.rank(collection, lambda text, k: [("d1", 1.0), ("d1", 0.5), ("d2", 3.0)])
    assert [d for d, _ in run["q1"]] == ["d1", "d2"]
    assert "more than once" in warnings[0]
    assert "rise down the ranking" in warnings[1]


def test_an_unknown_measure_is_answered_with_names_that_exist(tmp_path: Path) -> None:
    collection = judgments.read_collection(beir(tmp_path))
    with pytest.raises(evaluation.UnknownMeasure, match=r"goodness: is no measure .* nDCG@10"):
        evaluation.measure(collection, {}, ["goodness"])


def test_other_measures_are_asked_for_by_their_standard_names(tmp_path: Path) -> None:
    collection = judgments.read_collection(beir(tmp_path))
    run, _ = evaluation.rank(collection, perfect)
    means = evaluation.measure(collection, run, ["P@1", "Success@1", "nDCG@3"]).means
    assert means["P@1"] == means["Success@1"] == 1.0


def test_judgments_in_trec_columns_and_in_beir_columns_are_the_same(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("query-id\tcorpus-id\tscore\n7\tx y\t2\n7\tz\t0\n")
    (tmp_path / "b").write_text("7 0 x_y 2\n7 0 z 0\n")
    assert judgments.read_qrels(tmp_path / "a") == {"7": {"x y": 2, "z": 0}}
    assert judgments.read_qrels(tmp_path / "b") == {"7": {"x_y": 2, "z": 0}}


def test_lines_that_are_no_judgments_and_contradictions_are_said(tmp_path: Path) -> None:
    (tmp_path / "qrels").write_text("7 0 a 1\nrubbish\n7 0 a 2\n7 0 b 1 5 6\n7 0 c one\n")
    warnings: list[str] = []
    assert judgments.read_qrels(tmp_path / "qrels", warnings) == {"7": {"a": 2}}
    assert "3 lines (2, 4, 5)" in warnings[0]
    assert "1 query and document pair (7 a) is judged more than once" in warnings[1]


def test_judgments_and_runs_read_back_as_written(tmp_path: Path) -> None:
    run = {"7": [("a", 3.25), ("b", 1 / 3), ("c", 1 / 3)], "8": [("a", -1e-9)]}
    judgments.write_run(tmp_path / "run", run)
    assert judgments.read_run(tmp_path / "run") == run
    qrels = {"7": {"b": 1, "a": 0}, "8": {"a": 4}}
    judgments.write_qrels(tmp_path / "qrels", qrels)
    assert judgments.read_qrels(tmp_path / "qrels") == qrels


def test_a_run_is_ordered_by_score_and_its_broken_lines_are_said(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("7 Q0 a 1 0.5 x\n7 Q0 b 2 2.5 x\nbroken\n7 Q0 a 3 0.1 x\n")
    warnings: list[str] = []
    assert judgments.read_run(tmp_path / "run", warnings) == {"7": [("b", 2.5), ("a", 0.5)]}
    assert "1 line (3)" in warnings[0]


def test_a_trec_collection_gives_documents_topics_and_judgments(tmp_path: Path) -> None:
    (tmp_path / "news.trec").write_text(
        "<DOC>\n<DOCNO> N-1 </DOCNO>\n<TITLE>Kites</TITLE>\n<TEXT>\n<P>A kite\nflies.</P>\n</TEXT>\n</DOC>\n"
        "<DOC>\n<DOCNO>N-2</DOCNO>\n<TEXT>Boats sail.</TEXT>\n</DOC>\n"
    )
    (tmp_path / "topics.txt").write_text(
        "<top>\n<num> Number: 051\n<title> Topic: kites\n<desc> Description:\nWhat flies?\n</top>\n"
        "<top>\n<num> Number: 52\n<desc> Description:\nWhat\nsails?\n</top>\n"
    )
    (tmp_path / "qrels.txt").write_text("51 0 N-1 1\n52 0 N-2 1\n")
    collection = judgments.read_collection(tmp_path)
    assert [(q.id, q.text) for q in collection.queries] == [("51", "kites"), ("52", "What sails?")]
    assert [(d.id, d.title) for d in judgments.documents(collection)] == [("N-1", "Kites"), ("N-2", None)]
    assert collection.document_ids == {"N-1", "N-2"}
    assert collection.warnings == ()


def test_a_directory_without_judgments_is_refused_with_what_is_missing(tmp_path: Path) -> None:
    beir(tmp_path)
    (tmp_path / "qrels.tsv").unlink()
    with pytest.raises(ReadError, match="holds no judgments"):
        judgments.read_collection(tmp_path)
    with pytest.raises(ReadError, match="is no directory"):
        judgments.read_collection(tmp_path / "nowhere")


def test_an_empty_corpus_and_repeated_ids_are_said(tmp_path: Path) -> None:
    (beir(tmp_path) / "corpus.jsonl").write_text("")
    assert "holds no document" in " ".join(judgments.read_collection(tmp_path).warnings)
    lines = [json.dumps({"_id": "d1", "text": text}) + "\n" for text in ("Kites.", "Boats.")]
    (tmp_path / "corpus.jsonl").write_text("".join(lines))
    assert "1 document id (d1) is given more than once" in " ".join(
        judgments.read_collection(tmp_path).warnings
    )


def asked(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["eval", *map(str, arguments)])


def test_the_command_tells_of_each_query_and_tests_a_difference(tmp_path: Path) -> None:
    beir(tmp_path / "c")
    judgments.write_run(tmp_path / "bad.run", {"q1": [("d3", 2.0)], "q2": [("d3", 2.0), ("q1", 1.0)]})
    told = json.loads(
        asked(
            tmp_path / "c",
            "--queries",
            "--compare",
            tmp_path / "bad.run",
            "--measure",
            "RR",
            "--format",
            "json",
        ).stdout
    )
    assert [row["query"] for row in told["by_query"]] == ["q1", "q2"]
    assert told["compared"][0]["first"] == 0.5, "what a query excludes is left out of a run that is read"
    assert told["compared"][0]["second"] == told["measures"]["RR"] > 0.5
    shown = asked(tmp_path / "c", "--compare", tmp_path / "bad.run", "--queries", "--measure", "RR")
    assert f"RR         0.5000 → {told['measures']['RR']:.4f}, +" in shown.stdout
    assert f"q1\t{told['by_query'][0]['RR']:.4f}\tkites in the wind" in shown.stdout
    assert "1 query (q3) is without judgments" in shown.stderr


def test_the_command_measures_a_run_of_any_engine_and_its_own_expanded(tmp_path: Path) -> None:
    beir(tmp_path / "c")
    judgments.write_run(tmp_path / "a.run", {"q1": [("d2", 1.0)]})
    told = json.loads(asked(tmp_path / "c", "--run", tmp_path / "a.run", "--format", "json").stdout)
    assert told["measures"]["RR"] == 0.5
    assert asked(tmp_path / "c", "--expand").exit_code == 0
    missing = asked(tmp_path / "c", "--run", tmp_path / "none.run")
    assert missing.exit_code == 2
    assert "none.run" in missing.stderr


def test_evaluation_without_its_extra_answers_with_the_install_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ir_measures", None)
    refused = asked(beir(tmp_path))
    assert refused.exit_code == 2
    assert "pip install 'essaysearch[eval]'" in refused.stderr


def evaluated(values: list[float]) -> evaluation.Evaluation:
    return evaluation.Evaluation(
        {"AP": sum(values) / len(values)}, {str(i): {"AP": v} for i, v in enumerate(values)}
    )


def test_a_run_compared_with_itself_shows_no_difference() -> None:
    values = [0.1, 0.5, 0.9, 0.3]
    same = evaluation.compare(evaluated(values), evaluated(values), "AP")
    assert (same.difference, same.better, same.equal, same.worse) == (0.0, 0, 4, 0)
    assert same.p == 1.0


def test_a_gain_on_every_query_is_significant_and_a_coin_toss_is_not() -> None:
    base = [i / 40 for i in range(20)]
    gain = evaluation.compare(evaluated(base), evaluated([v + 0.1 + v / 10 for v in base]), "AP")
    toss = evaluation.compare(
        evaluated(base), evaluated([v + (0.1 if i % 2 else -0.1) for i, v in enumerate(base)]), "AP"
    )
    assert gain.p < 0.001
    assert gain.low > 0.09
    assert gain.better == 20
    assert toss.p > 0.5
    assert toss.low < 0 < toss.high


def test_the_randomisation_test_agrees_with_counting_every_sign() -> None:
    differences = [0.3, 0.1, -0.05, 0.2, 0.15, -0.1, 0.25, 0.05]
    comparison = evaluation.compare(evaluated([0.5] * 8), evaluated([0.5 + d for d in differences]), "AP")
    total = sum(differences)
    signs = itertools.product((1, -1), repeat=len(differences))
    sums = [sum(s * d for s, d in zip(row, differences, strict=True)) for row in signs]
    exact = sum(abs(s) >= abs(total) - 1e-12 for s in sums) / len(sums)
    assert comparison.p == pytest.approx(exact, abs=0.01)


def test_runs_without_a_shared_query_do_not_compare() -> None:
    other = evaluation.Evaluation({"AP": 1.0}, {"z": {"AP": 1.0}})
    with pytest.raises(EssaysearchError, match="share no query"):
        evaluation.compare(evaluated([0.5]), other, "AP")


@needs_shared
@pytest.mark.parametrize(("name", "documents", "queries"), [("cisi", 1460, 76), ("cacm", 3204, 52)])
def test_real_collections_count_the_queries_with_a_relevant_judgment(
    name: str, documents: int, queries: int
) -> None:
    collection = judgments.read_collection(COLLECTIONS / name)
    assert len(collection.document_ids) == documents
    assert len(collection.judged_queries) == queries
    assert any("without judgments" in warning for warning in collection.warnings)
