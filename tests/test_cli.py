"""The command line: what stands on which stream, the exit statuses, the sentences."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import essaysearch
from essaysearch.cli import main
from essaysearch.cli.looking import editor_command
from essaysearch.config import ConfigError, config_path, load
from essaysearch.readers.table import READERS

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("cli") / "index"
    essaysearch.open_library(path, create=True).add(ROOT / "corpus")
    return str(path)


def run(*args: str, env: Mapping[str, str] | None = None, stdin: str | bytes = "") -> Result:
    quiet = {"ESSAYSEARCH_CONFIG": "", "ESSAYSEARCH_INDEX": None}
    result = CliRunner().invoke(main, args, env={**quiet, **(env or {})}, input=stdin)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.stderr
    return result


def command(*args: str | bytes) -> list[str | bytes]:
    return [sys.executable, "-m", "essaysearch", *args]


def note(directory: Path, name: str, text: str) -> Path:
    directory.mkdir(exist_ok=True)
    path = directory / name
    path.write_text(text, encoding="utf-8")
    return path


# index


def test_indexing_reports_in_the_contracts_json(tmp_path: Path) -> None:
    note(tmp_path / "in", "a.md", "# A\n\nKelp.\n")
    note(tmp_path / "in", "b.md", "")
    place = str(tmp_path / "ix")
    result = run("index", str(tmp_path / "in"), "--index", place, "--format", "json")
    told = json.loads(result.stdout)
    assert result.exit_code == 0
    counts = ("schema", "documents", "added", "changed", "unchanged", "removed")
    assert [told[name] for name in counts] == [1, 1, 1, 0, 0, 0]
    assert set(told) >= {"passages", "skipped", "inferred", "took_s"}
    assert [Path(row["path"]).name for row in told["skipped"]] == ["b.md"]
    assert set(told["inferred"]) == {"quotes", "borders", "authors", "dates"}
    assert "b.md: The file is empty." in result.stderr
    again = run("index", str(tmp_path / "in"), "--index", place)
    assert again.exit_code == 0
    assert "0 new, 0 changed, 1 as they were" in again.stdout


def test_strict_indexing_fails_where_anything_was_skipped(tmp_path: Path) -> None:
    note(tmp_path / "in", "a.md", "# A\n\nKelp.\n")
    note(tmp_path / "in", "b.md", "")
    args = ("index", str(tmp_path / "in"), "--index", str(tmp_path / "ix"))
    assert run(*args, "--strict").exit_code == 1
    assert run(*args).exit_code == 0


def test_indexing_nothing_readable_is_status_1_and_not_at_all_is_2(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    place = str(tmp_path / "ix")
    for missing in (tmp_path / "empty", tmp_path / "none"):
        result = run("index", str(missing), "--index", place)
        assert result.exit_code == 1
        assert "skipped" in result.stderr
    note(tmp_path / "other", "thesis.doc", "not an index")
    result = run("index", str(ROOT / "corpus"), "--index", str(tmp_path / "other"))
    assert result.exit_code == 2
    assert "is not an essaysearch index, and not empty" in result.stderr
    result = run("index", str(ROOT / "corpus"), "--index", place, "--as", "markdwon")
    assert result.exit_code == 2
    assert 'Did you mean "markdown"?' in result.stderr


def test_the_reader_author_date_and_url_can_be_given(tmp_path: Path) -> None:
    path = note(tmp_path / "in", "a.txt", "# not a heading\n\nKelp.\n")
    place = ("--index", str(tmp_path / "ix"))
    given = ("--as", "text", "--author", "Ann Fen", "--date", "2023-06", "--url", "https://kelp.example/")
    assert run("index", str(path), *place, *given).exit_code == 0
    hit = json.loads(run("search", "kelp", *place, "--format", "json").stdout)["hits"][0]
    assert (hit["authors"], hit["date"], hit["url"]) == (["Ann Fen"], "2023-06", "https://kelp.example/")


@pytest.mark.parametrize("harm", ["damaged", "version", "cut", "foreign"])
def test_rebuild_replaces_an_index_in_any_state(tmp_path: Path, harm: str) -> None:
    source = note(tmp_path / "in", "a.md", "# A\n\nKelp.\n")
    place = tmp_path / "ix"
    args = ("index", str(source), "--index", str(place))
    assert run(*args).exit_code == 0
    manifest = place / "essaysearch.manifest"
    if harm == "damaged":
        manifest.write_bytes(b"00000000\n{}")
    elif harm == "version":
        import re
        import zlib

        body = re.sub(rb'"format":\d+', b'"format":99', manifest.read_bytes().partition(b"\n")[2])
        manifest.write_bytes(b"%08x\n" % zlib.crc32(body) + body)
    elif harm == "cut":
        next(place.glob("MAIN_*.cols")).write_bytes(b"")
    else:
        (place / "_MAIN_99.toc").write_bytes(b"another program's")
    broken = run("search", "kelp", "--index", str(place))
    assert broken.exit_code == 2
    assert "--rebuild" in broken.stderr
    kept = note(place, "notes-of-mine.txt", "stay")
    rebuilt = run(*args, "--rebuild")
    assert rebuilt.exit_code == 0, rebuilt.stderr
    assert run("search", "kelp", "--index", str(place)).exit_code == 0
    assert run("verify", "--index", str(place)).exit_code == 0
    assert run(*args).exit_code == 0
    assert kept.read_text() == "stay"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "ix"]


def test_a_rebuild_that_reads_nothing_keeps_the_old_index(tmp_path: Path) -> None:
    source = note(tmp_path / "in", "a.md", "# A\n\nKelp.\n")
    place = ("--index", str(tmp_path / "ix"))
    run("index", str(source), *place)
    assert run("index", str(tmp_path / "none"), *place, "--rebuild").exit_code == 1
    assert run("search", "kelp", *place).exit_code == 0
    note(tmp_path / "other", "thesis.doc", "not an index")
    assert run("index", str(source), "--index", str(tmp_path / "other"), "--rebuild").exit_code == 2
    assert [path.name for path in (tmp_path / "other").iterdir()] == ["thesis.doc"]


# search


def test_search_statuses_are_found_nothing_and_error(index: str, tmp_path: Path) -> None:
    assert run("search", "oversight", "--index", index).exit_code == 0
    nothing = run("search", "zzzqqq", "--index", index)
    assert (nothing.exit_code, nothing.stdout) == (1, "")
    assert "Nothing found." in nothing.stderr
    missing = run("search", "oversight", "--index", str(tmp_path / "none"))
    assert (missing.exit_code, missing.stdout) == (2, "")
    assert re.fullmatch(r"essaysearch: .*there is no index here\. Make one: `.*`\.\n", missing.stderr)


_TEXT_OR_NONE = (str, type(None))
_HIT = {
    "rank": int, "score": float, "passage_id": str, "doc_id": str, "kind": str, "title": _TEXT_OR_NONE,
    "authors": list, "authors_complete": bool, "authors_inferred": list, "date": _TEXT_OR_NONE,
    "url": _TEXT_OR_NONE, "path": str, "section": _TEXT_OR_NONE, "karma": (float, type(None)), "text": str,
    "start": int, "end": int, "voice": str, "answers": (dict, type(None)), "snippet": dict,
}  # fmt: skip


@pytest.mark.parametrize("query", ["oversight pausing", "kind:comment", "kind:abstract author:nightjar"])
def test_every_value_of_the_json_has_the_type_of_the_contract(index: str, query: str) -> None:
    told = json.loads(run("search", query, "--index", index, "-k", "500", "--format", "json").stdout)
    assert list(told) == ["schema", "query", "total", "took_ms", "warnings", "hits"]
    assert (told["schema"], told["query"], told["total"]) == (1, query, len(told["hits"]))
    assert isinstance(told["took_ms"], float)
    for rank, hit in enumerate(told["hits"], 1):
        assert list(hit) == list(_HIT)
        assert all(isinstance(hit[name], type_) for name, type_ in _HIT.items())
        assert hit["rank"] == rank
        assert hit["end"] - hit["start"] == len(hit["text"])
        assert set(hit["authors_inferred"]) <= set(hit["authors"])
        assert hit["voice"] in ("own", "quoted", "unknown")
        assert hit["date"] is None or re.fullmatch(r"\d{4}(-\d\d(-\d\d(T.+)?)?)?", hit["date"])
        assert hit["answers"] is None or {*hit["answers"]} == {"passage_id", "text"}
        assert {*hit["snippet"]} == {"text", "spans"}
    scores = [hit["score"] for hit in told["hits"]]
    assert scores == sorted(scores, reverse=True)
    assert ("kind" in query) == (set(scores) == {0.0})


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (("search", "x", "--format", "jsno"), "There is no format `jsno`. Did you mean `json`?"),
        (("search", "x", "--group", "page"), "Results cannot be grouped by `page`."),
        (("search", "x", "--sort", "mood"), "Results cannot be sorted by `mood`."),
        (("search", "x", "--facets", "mood"), "There is no facet `mood`."),
        (("search", "x", "-k", "many"), "'many' is not a valid integer range."),
        (("search", "x", "-k", "-1"), "-1 is not in the range x>=0."),
        (("search",), "Missing argument 'QUERY'."),
        (("search", "x", "--frobnicate"), "No such option"),
        (("--index", "x", "search", "y"), "`--index` stands before the command."),
        (("serach", "x"), "There is no command `serach`. Did you mean `search`?"),
        (("show", "nobody"), "Nothing bears the id `nobody`."),
        (("similar", "nobody"), "No passage bears the id `nobody`."),
        (("explain", "nobody", "x"), "No passage bears the id `nobody`."),
        (("why-not", "nobody", "x"), "No passage bears the id `nobody`."),
        (("thread", "nobody"), "Nothing bears the id `nobody`."),
        (("open", "nobody"), "Nothing bears the id `nobody`."),
        (("help", "qurey"), "There is no help on `qurey`. Did you mean `query`?"),
        (("eval", "/nowhere/at/all"), "is no directory"),
    ],
)
def test_an_error_is_one_sentence_on_standard_error_and_status_2(
    index: str, args: tuple[str, ...], sentence: str
) -> None:
    result = run(*args, env={"ESSAYSEARCH_INDEX": index})
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("essaysearch: ")
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1


def test_warnings_point_at_their_cause_and_stand_on_standard_error(index: str) -> None:
    result = run("search", "autor:fenn oversight", "--index", index, "--format", "json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["warnings"][0]["kind"] == "unknown-field"
    assert "autor:fenn oversight\n^^^^^^\nno field `autor`; did you mean `author`?" in result.stderr


def test_a_flood_of_warnings_is_cut_on_the_screen_and_whole_in_json(index: str) -> None:
    query = " ".join(f"zzq{number}" for number in range(30))
    result = run("search", query, "--index", index, "--format", "json")
    assert len(json.loads(result.stdout)["warnings"]) == 30
    assert result.stderr.count("No passage has the word") == 8
    assert "… and 22 more warnings; --format json has them all." in result.stderr


@pytest.mark.parametrize("query", ["", "?!", '"', "((((", "a" * 10_000])
def test_odd_queries_warn_and_find_nothing(index: str, query: str) -> None:
    result = run("search", query, "--index", index)
    assert result.exit_code == 1
    assert len(result.stderr) > len("Nothing found.\n")
    assert max(map(len, result.stderr.splitlines())) < 200


def test_all_streams_every_hit_in_the_order_of_a_search(index: str) -> None:
    page = json.loads(run("search", "oversight", "--index", index, "-k", "1000", "--format", "json").stdout)
    whole = json.loads(run("search", "oversight", "--index", index, "--all", "--format", "json").stdout)
    assert whole["hits"] == page["hits"]
    assert len(whole["hits"]) == whole["total"]
    assert "-k 3 is left aside" in run("search", "oversight", "--index", index, "--all", "-k", "3").stderr
    lines = run("search", "oversight", "--index", index, "--all", "--format", "jsonl").stdout.splitlines()
    assert [json.loads(line) for line in lines] == page["hits"]


def test_groups_and_facets_stand_on_the_page(index: str) -> None:
    result = run("search", "oversight", "--index", index, "--group", "document", "--facets", "kind, voice")
    assert result.exit_code == 0
    assert re.search(r"^kind: essay \d+", result.stdout, re.MULTILINE)
    assert re.search(r"^voice: own \d+", result.stdout, re.MULTILINE)
    assert re.search(r"of \d+ documents\.$", result.stderr, re.MULTILINE)


def test_queries_from_standard_input_are_answered_a_line_each(index: str) -> None:
    lines = b"oversight\n\nzzzqqq\nd\xe9bate\n"
    result = run("search", "-", "--index", index, "-k", "1", stdin=lines)
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [answer["query"] for answer in answers] == ["oversight", "zzzqqq", "d\ufffdbate"]
    assert [len(answer["hits"]) for answer in answers][:2] == [1, 0]
    assert result.exit_code == 0
    assert run("search", "-", "--index", index, stdin="zzzqqq\n").exit_code == 1


def test_explain_query_shows_the_tree_and_the_words_of_its_patterns(index: str) -> None:
    result = run("search", "decept* kind:essay", "--index", index, "--explain-query")
    assert result.exit_code == 0
    assert "deceptive" in result.stdout
    assert "only kind:essay" in result.stdout
    told = json.loads(
        run("search", "decept*", "--index", index, "--explain-query", "--format", "json").stdout
    )
    assert told["tree"]["children"][0]["clause"] == "decept*"


# Looking closer


def first_hit(index: str, query: str) -> dict[str, object]:
    hit: dict[str, object] = json.loads(run("search", query, "--index", index, "--format", "json").stdout)[
        "hits"
    ][0]
    return hit


def test_show_marks_the_passage_among_its_neighbours(index: str) -> None:
    hit = first_hit(index, "kind:essay tenant")
    result = run("show", str(hit["passage_id"]), "--index", index)
    assert f"▶ [{hit['passage_id']}]" in result.stdout
    told = json.loads(run("show", str(hit["passage_id"]), "--index", index, "--format", "json").stdout)
    assert told["passages"][told["focus"]]["passage_id"] == hit["passage_id"]


def test_thread_prints_who_answered_whom(index: str) -> None:
    result = run("thread", "cr-102", "--index", index)
    lines = result.stdout.splitlines()
    assert lines[0].startswith("- Open thread: does oversight run out?")
    assert any(line.startswith("  ▶ ") and "[cr-102]" in line for line in lines)
    told = json.loads(run("thread", "cr-102", "--index", index, "--format", "json").stdout)
    assert next(node for node in told["nodes"] if node["id"] == "cr-102")["parent"] == "cr-101"


def test_explain_sums_up_and_why_not_says_why(index: str) -> None:
    hit = first_hit(index, "deceptive alignment")
    id = str(hit["passage_id"])
    told = json.loads(run("explain", id, "deceptive alignment", "--index", index, "--format", "json").stdout)
    assert told["value"] == pytest.approx(hit["score"])
    assert sum(child["value"] for child in told["children"]) == pytest.approx(hit["score"])
    found = run("why-not", id, "deceptive alignment", "--index", index)
    assert (found.exit_code, found.stdout) == (1, "The query finds it, in place 1.\n")
    missed = run("why-not", id, "zebras", "--index", index)
    assert missed.exit_code == 0
    assert "`zebras`" in missed.stdout
    assert run("explain", id, "zebras", "--index", index).exit_code == 1


@pytest.mark.parametrize("name", ["explain", "why-not"])
def test_an_id_behind_its_query_is_told_to_come_first(index: str, name: str) -> None:
    id = str(first_hit(index, "deceptive alignment")["passage_id"])
    result = run(name, "deceptive alignment", id, "--index", index)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"first, then the query: {id} 'deceptive alignment'" in result.stderr


def test_a_group_without_a_command_shows_its_help_as_it_is() -> None:
    result = run("topic")
    assert result.exit_code == 2
    assert "\nCommands:\n" in result.stdout + result.stderr


def test_a_topic_in_place_of_a_command_is_told_which_command_takes_it() -> None:
    result = run("topic", "deceptive alignment")
    assert result.exit_code == 2
    assert "topic new 'deceptive alignment'" in result.stderr


def test_open_prints_the_page_at_the_passage_or_the_file_at_the_line(
    index: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hit = first_hit(index, "kind:essay tenant")
    result = run("open", str(hit["passage_id"]), "--index", index)
    assert result.stdout.startswith(f"{hit['url']}#:~:text=")
    path = note(
        tmp_path / "in", "a.txt", "Kelp.\n\n" + "Moss grows here. " * 60 + "\n\n" + "Ferns grow there. " * 60
    )
    place = str(tmp_path / "ix")
    run("index", str(path), "--as", "text", "--index", place)
    fern = first_hit(place, "ferns")
    assert run("open", str(fern["passage_id"]), "--index", place).stdout == f"{path}:5\n"
    monkeypatch.chdir(path.parent)
    assert run("open", str(fern["passage_id"]), "--index", place).stdout == f"{path.name}:5\n"
    assert f"{path.name}:5  [" in run("search", "fern", "--index", place).stdout


def test_editors_are_told_the_line_in_their_own_way() -> None:
    at = os.path.abspath("a b.md")
    assert editor_command("vim -n", "a b.md", 7) == ["vim", "-n", "+7", at]
    assert editor_command("/usr/bin/code --wait", "a b.md", 7) == [
        "/usr/bin/code",
        "--wait",
        "--goto",
        f"{at}:7",
    ]
    assert editor_command("nano", "a b.md", 0) == ["nano", at]


def test_inspect_shows_documents_block_by_block_and_indexes_nothing(tmp_path: Path) -> None:
    path = note(tmp_path / "in", "a.md", "---\nauthor: Ann Fen\nshelf: 3\n---\n# A\n\n> Kelp.\n\nMoss.\n")
    result = run("inspect", str(path))
    assert result.exit_code == 0
    assert "authors: Ann Fen" in result.stdout
    assert "shelf: 3" in result.stdout
    assert re.search(r"paragraph · quoted · depth 1.*\n\s+Kelp\.", result.stdout)
    told = json.loads(run("inspect", str(path), "--format", "json").stdout)
    assert [block["voice"] for block in told["document"]["blocks"]] == ["quoted", "own"]
    assert [path.name for path in tmp_path.iterdir()] == ["in"]
    assert run("inspect", str(tmp_path / "none")).exit_code == 1


def test_stats_verify_and_optimize_speak_of_the_index(tmp_path: Path) -> None:
    place = str(tmp_path / "ix")
    for number in range(3):
        run(
            "index",
            str(note(tmp_path / "in", f"{number}.md", f"# {number}\n\nKelp {number}.\n")),
            "--index",
            place,
        )
    told = json.loads(run("stats", "--index", place, "--format", "json").stdout)
    assert (told["documents"], told["segments"]) == (3, 3)
    assert "documents: 3" in run("stats", "--index", place).stdout
    assert "all as they were written" in run("verify", "--index", place).stdout
    assert run("optimize", "--index", place).stdout.startswith("3 segments of ")
    assert json.loads(run("stats", "--index", place, "--format", "json").stdout)["segments"] == 1
    for path in Path(place).glob("MAIN_*.cols"):
        data = path.read_bytes()
        path.write_bytes(data[:5000] + bytes(64) + data[5064:])
    damaged = run("verify", "--index", place)
    assert damaged.exit_code == 2
    assert re.search(r"MAIN_\w+\.cols", damaged.stderr)


def test_eval_reports_in_the_contracts_json(tmp_path: Path) -> None:
    pytest.importorskip("ir_measures")
    documents = [("a", "kelp in cold water"), ("b", "moss on stones"), ("c", "kelp on stones")]
    queries = [("q1", "Kelp: in (water)?"), ("q2", "moss"), ("q3", "nobody judged this")]
    note(tmp_path, "corpus.jsonl", "".join(json.dumps({"_id": i, "text": t}) + "\n" for i, t in documents))
    note(tmp_path, "queries.jsonl", "".join(json.dumps({"_id": i, "text": t}) + "\n" for i, t in queries))
    note(tmp_path, "qrels.tsv", "query-id\tcorpus-id\tscore\nq1\ta\t1\nq2\tb\t1\nq2\tgone\t1\n")
    result = run("eval", str(tmp_path), "--format", "json", "--save-run", str(tmp_path / "run"))
    told = json.loads(result.stdout)
    assert result.exit_code == 0
    assert (told["schema"], told["documents"], told["queries"]) == (1, 3, 2)
    assert set(told["measures"]) == {"nDCG@10", "AP", "R@100", "P@10", "RR"}
    assert told["measures"]["RR"] == 1.0
    assert told["measures"]["R@100"] == 0.75
    assert any("gone" in warning for warning in told["warnings"])
    assert (tmp_path / "run").read_text().startswith("q1 Q0 a 1 ")
    assert run("eval", str(tmp_path), "--measure", "nDCG@3").stdout.splitlines()[1].startswith("nDCG@3 ")
    unknown = run("eval", str(tmp_path), "--measure", "loudness")
    assert (unknown.exit_code, unknown.stdout) == (2, "")


# Help and settings


def test_help_readers_names_every_format_with_what_it_is() -> None:
    shown = run("help", "readers").stdout
    for reader in READERS:
        assert re.search(rf"^    {re.escape(reader.name)} +{re.escape(reader.label)}$", shown, re.MULTILINE)


def test_help_query_lists_every_operator_of_the_table() -> None:
    from essaysearch.query.operators import OPERATORS

    shown = run("help", "query").stdout
    for row in OPERATORS:
        assert row.syntax in shown
        assert row.example in shown
    assert run("help", "search").stdout.startswith("Usage: ")
    assert "Commands:" in run("help").stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_for_each_shell(shell: str) -> None:
    assert "_ESSAYSEARCH_COMPLETE" in run("completion", shell).stdout


def test_completion_offers_fields_of_the_query_language(index: str) -> None:
    env = {
        "_ESSAYSEARCH_COMPLETE": "bash_complete",
        "COMP_WORDS": "essaysearch search auth",
        "COMP_CWORD": "2",
    }
    program = [sys.executable, "-c", "from essaysearch.cli import main; main(prog_name='essaysearch')"]
    done = subprocess.run(program, capture_output=True, text=True, env={**os.environ, **env})
    assert "author:" in done.stdout


def test_a_flag_counts_before_the_environment_before_the_file(index: str, tmp_path: Path) -> None:
    file = note(tmp_path, "config.toml", f'index = "{index}"\n[search]\nk = 3\nformat = "jsonl"\n')
    env = {"ESSAYSEARCH_CONFIG": str(file)}

    def count(*args: str, **more: str) -> int:
        return len(run("search", "oversight", *args, env={**env, **more}).stdout.splitlines())

    assert count() == 3
    assert count(ESSAYSEARCH_SEARCH_K="2") == 2
    assert count("-k", "1", ESSAYSEARCH_SEARCH_K="2") == 1
    missing = run("search", "oversight", env={**env, "ESSAYSEARCH_INDEX": str(tmp_path / "none")})
    assert missing.exit_code == 2


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[serch]\nk = 3\n", "there is no table [serch]. Did you mean `search`?"),
        ("[search]\nkay = 3\n", "there is no option kay in [search]."),
        ("indx = 3\n", "there is no option indx. Did you mean `index`?"),
        ("[search\n", "is no valid TOML"),
    ],
)
def test_a_configuration_that_says_nothing_known_is_named(tmp_path: Path, text: str, sentence: str) -> None:
    file = note(tmp_path, "config.toml", text)
    result = run("stats", env={"ESSAYSEARCH_CONFIG": str(file)})
    assert result.exit_code == 2
    assert str(file) in result.stderr
    assert sentence in result.stderr


def test_a_configuration_in_another_users_home_counts_as_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = note(tmp_path, "config.toml", "k = 3\n")

    def refuse(*_: object, **__: object) -> str:
        raise PermissionError(13, "Permission denied", str(file))

    monkeypatch.setattr(Path, "read_text", refuse)
    with pytest.raises(ConfigError, match="cannot be read: Permission denied"):
        load(file)
    monkeypatch.setattr("os.access", lambda *_: False)
    assert load(file) == {}


def test_the_configuration_lies_where_the_platform_has_it(tmp_path: Path) -> None:
    home = Path.home()
    assert config_path({}, "linux") == home / ".config/essaysearch/config.toml"
    assert config_path({}, "darwin") == home / "Library/Application Support/essaysearch/config.toml"
    assert config_path({"APPDATA": str(tmp_path)}, "win32") == tmp_path / "essaysearch/config.toml"
    assert config_path({"ESSAYSEARCH_CONFIG": ""}, "linux") is None
    assert load(tmp_path / "none.toml") == {}
    (tmp_path / "latin.toml").write_bytes(b'index = "\xe9"')
    with pytest.raises(ConfigError, match="is not UTF-8 text"):
        load(tmp_path / "latin.toml")


# The process


def test_output_that_is_piped_is_plain_utf8_without_colour(index: str) -> None:
    env = {**os.environ, "PYTHONIOENCODING": "latin-1", "ESSAYSEARCH_INDEX": index}
    done = subprocess.run(command("search", "author:Łunøster", "-k", "1"), capture_output=True, env=env)
    assert done.returncode == 0, done.stderr
    assert "Séraphine Łunøster" in done.stdout.decode("utf-8")
    assert b"\x1b" not in done.stdout


@pytest.mark.skipif(os.name == "nt", reason="needs arguments of bytes")
def test_arguments_that_are_no_text_survive(index: str, tmp_path: Path) -> None:
    odd = os.fsencode(tmp_path) + b"/caf\xe9.md"
    with open(odd, "w") as file:
        file.write("# A\n\nKelp.\n")
    place = str(tmp_path / "ix")
    done = subprocess.run(command("index", odd, "--index", place), capture_output=True)
    assert done.returncode == 0, done.stderr
    done = subprocess.run(
        command("search", b"kelp \xff", "--index", place, "--format", "json"), capture_output=True
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["total"] == 1
    done = subprocess.run(command("index", b"/none/\xff", "--index", place), capture_output=True)
    assert done.returncode == 1


@pytest.mark.skipif(os.name == "nt", reason="needs a pipe that closes")
def test_a_reader_that_leaves_early_ends_the_run_in_silence(index: str) -> None:
    args = command("search", "the oversight alignment", "--all", "--format", "json", "--index", index)
    done = subprocess.Popen(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert done.stdout is not None
    assert done.stderr is not None
    done.stdout.read(10)
    done.stdout.close()
    assert done.stderr.read() == b""
    assert done.wait() == 0


@pytest.mark.skipif(os.name == "nt", reason="needs signals")
def test_an_interrupt_ends_indexing_in_silence_and_leaves_the_index_as_it_was(tmp_path: Path) -> None:
    place = str(tmp_path / "ix")
    run("index", str(note(tmp_path / "in", "a.md", "# A\n\nKelp.\n")), "--index", place)
    lines = "".join(f'{{"_id":"{number}","text":"moss {number}"}}\n' for number in range(20))
    more = note(tmp_path / "more", "b.jsonl", lines)
    program = (
        "import signal; from essaysearch.text import passages; from essaysearch.cli import main\n"
        "split = passages.split\n"
        "def interrupted(document):\n"
        "    if document.id == '7': signal.raise_signal(signal.SIGINT)\n"
        "    return split(document)\n"
        f"passages.split = interrupted; main(['index', {str(more)!r}, '--index', {place!r}])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True)
    assert done.returncode == 130
    assert (done.stdout, done.stderr.strip()) == (b"", b"")
    assert run("search", "kelp", "--index", place).exit_code == 0
    assert run("search", "moss", "--index", place).exit_code == 1
    assert run("index", str(more), "--index", place).exit_code == 0


def test_a_search_imports_nothing_it_does_not_need(index: str) -> None:
    code = (
        "import sys; from essaysearch.cli import main\n"
        f"try: main(['search', 'deceptive alignment', '--index', {index!r}])\n"
        "finally: print(*sorted(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    loaded = set(done.stderr.splitlines()[-1].split())
    heavy = (
        "nltk numba lxml yaml rich pandas matplotlib asyncio importlib.metadata markdown_it tomllib logging"
    )
    assert "essaysearch.search.searching" in loaded
    assert loaded & set(heavy.split()) == set()
    assert not [name for name in loaded if name.startswith("essaysearch.readers")]


def test_the_version_is_that_of_the_package() -> None:
    assert essaysearch.__version__ in run("--version").stdout


def test_show_prints_a_comment_among_its_ancestors_and_replies(tmp_path: Path) -> None:
    library = str(tmp_path / "index")
    pages = Path(__file__).parent / "fixtures" / "pages" / "lesswrong_post.html"
    assert run("index", str(pages), "--index", library).exit_code == 0
    lines = run("show", "lesswrong:bC4eF6gH8jK2lM3nP", "--index", library).stdout.splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("in reply to Imre Valdestam"))
    assert lines[at + 1].startswith("  Every lighthouse keeper")
    assert lines[at + 2].startswith("in reply to Tessaly Quorn, 2023-03-14")
    assert lines[at + 3].startswith("  The logs say when the lamp was lit")
    assert lines[-2].startswith("answered by someone")
    assert lines[-1] == "  Both can be true."
    tree = run("thread", "lesswrong:bC4eF6gH8jK2lM3nP", "--index", library).stdout.splitlines()
    # The title of a thread is said at its root alone.
    assert tree[0].startswith("- Lighthouse keepers and warnings · Imre Valdestam")
    assert sum("Lighthouse keepers" in line for line in tree) == 1


def test_the_command_starts_lightly_and_the_package_leaves_the_process_as_it_is() -> None:
    told = (
        "import gc, os; "
        "print(gc.get_threshold()[0], gc.get_freeze_count() > 0, os.environ.get('OPENBLAS_NUM_THREADS'))"
    )
    environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}

    def run(code: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True
        )
        return done.stdout.splitlines()[-1]

    assert run(f"import essaysearch; {told}") == run(told)
    started = (
        f"import atexit, sys; atexit.register(lambda: exec({told!r})); sys.argv = ['essaysearch', '--help']"
    )
    assert run(f"{started}; from essaysearch_start import main; main()") == "500000 True 1"


def test_what_the_command_does_not_load_of_whoosh_is_there_when_it_is_asked_for() -> None:
    code = (
        "import atexit, sys; sys.argv = ['essaysearch', '--help']\n"
        "def told():\n"
        "    import whoosh.query.terms as terms, whoosh.lang, whoosh.lang.morph_en as forms, numpy\n"
        "    print(numpy.zeros.__doc__, numpy.zeros(2).sum(), 'rendered' in terms.variations('render'))\n"
        "    import whoosh.lang.morph_en as forms, numpy._core._add_newdocs as documented\n"
        "    print('rendered' in forms.variations('render'), callable(documented.add_newdoc))\n"
        "    from whoosh.analysis.morph import StemFilter, double_metaphone\n"
        "    from whoosh.lang.porter import _ed_ing\n"
        "    from urllib.parse import urlsplit\n"
        "    print(StemFilter()._stem('rendered'), double_metaphone('Smith')[0], _ed_ing.pattern)\n"
        "    print(urlsplit('http://[::1]/a').hostname, __import__('ipaddress').ip_address('::1').version)\n"
        "atexit.register(told)\n"
        "import essaysearch_start as start; start.main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-4:] == [
        "None 0.0 True", "True True", "render SM0 ^(.*)(ed|ing)$", "::1 6",
    ]  # fmt: skip


def test_a_search_loads_nothing_of_what_the_command_leaves_out(tmp_path: Path) -> None:
    (tmp_path / "essay.md").write_text("# Alignment\n\nA deceptive model waits.\n", encoding="utf-8")
    told = (
        "import atexit, sys\n"
        "atexit.register(lambda: print([hasattr(sys.modules[name], '__file__') for name in\n"
        "    ('whoosh.query.terms', 'whoosh.lang.morph_en', 'whoosh.lang.porter', 'whoosh.lang.dmetaphone',\n"
        "     'ipaddress', 'numpy._core._add_newdocs')], 'shutil' in sys.modules))\n"
        "import essaysearch_start as start; start.main()"
    )
    for words in (["index", "."], ["search", "deceptive"]):
        done = subprocess.run(
            [sys.executable, "-c", told, *words], cwd=tmp_path, capture_output=True, text=True, check=True
        )
    assert done.stdout.splitlines()[-1] == "[True, False, False, False, False, False] False"
