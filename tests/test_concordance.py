"""Concordance lines, collocates, keyness and years, counted by hand on a small library."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

import essaysearch
from essaysearch.concordance import texts
from essaysearch.concordance.years import sparkline
from essaysearch.errors import UnknownChoice
from essaysearch.model import Block, Document
from essaysearch.text.analysis import tokens
from test_cli import run

TEXTS = [
    (
        "a",
        "Ada Lane",
        "2021-03-01",
        "A pause would help. A long pause, she said, would help more than a short pause.",
    ),
    ("b", "Odile Fenn", "2023", "The pause hurts research; research hurts nobody."),
    ("c", "Odile Fenn", None, "Research on pauses is research."),
    ("d", "Ada Lane", "2023-07", "Nothing here concerns it."),
]


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    made = essaysearch.open_library(tmp_path_factory.mktemp("kwic") / "index", create=True, fast=False)
    made.add(
        Document(key, "essay", text, (Block(0, len(text)),), authors=(author,), date=date)
        for key, author, date, text in TEXTS
    )
    return made


def test_every_occurrence_is_a_line_with_its_context(library):
    lines = library.kwic("pause")
    assert [(line.doc_id, line.match) for line in lines] == [
        ("a", "pause"), ("a", "pause"), ("a", "pause"), ("b", "pause"), ("c", "pauses"),
    ]  # fmt: skip
    assert (lines[0].left, lines[0].right[:11]) == ("A", "would help.")
    assert lines[3].authors == ("Odile Fenn",)


def test_lines_sort_by_the_words_on_either_side(library):
    by_right = [line.right.split()[0].lower() for line in library.kwic("pause author:lane", sort="right")]
    assert by_right == sorted(by_right)
    by_left = [line.left.split()[-1].lower() for line in library.kwic("pause", sort="left")]
    assert by_left == sorted(by_left)
    with pytest.raises(UnknownChoice, match="Choose among: place, left, right"):
        library.kwic("pause", sort="middle")


def test_context_is_cut_at_words(library):
    for line in library.kwic("pause", width=12):
        whole = next(text for key, _, _, text in TEXTS if key == line.doc_id)
        assert len(line.left) <= 12
        assert len(line.right) <= 12
        assert f"{line.left} {line.match}".strip() in whole
        assert f"{line.match} {line.right}".replace(" ", "") in whole.replace(" ", "")


def test_collocates_count_words_within_the_window_once(library):
    rows = {row.word: row for row in library.collocates("pause", least=1, window=2)}
    assert (rows["help"].count, rows["help"].total) == (1, 2)
    assert rows["research"].count == 3
    assert rows["research"].total == 4
    assert "a" not in rows


def test_collocates_score_by_the_measure_asked_for(library):
    row = next(
        row for row in library.collocates("pause", measure="pmi", least=1, window=2) if row.word == "help"
    )
    words = library.stats()["words"]
    slots = sum(row.count for row in _all_collocates(library))
    assert row.score == pytest.approx(math.log2(words / (slots * 2)))
    with pytest.raises(UnknownChoice, match="There is no measure `mi`"):
        library.collocates("pause", measure="mi")


def _all_collocates(library):
    from essaysearch.concordance.collocates import collocates
    from essaysearch.query import parse

    return collocates(library.snapshot(), parse("pause").tree, None, least=1, window=2, stop_words=True)


def test_keyness_puts_first_what_one_author_says_more(library):
    rows = {row.word: row for row in library.keyness("author:fenn", least=1)}
    assert rows["research"].count == 4
    assert rows["research"].other == 0
    assert rows["research"].score > rows["pause"].score > 0
    against = {row.word: row.score for row in library.keyness("author:fenn", "author:lane", least=1)}
    assert against["research"] > 0 > against["help"]


def test_the_undated_are_counted_apart_and_years_have_no_gaps(library):
    assert library.by_year("pause") == [(2021, 1), (2022, 0), (2023, 1), (None, 1)]


def test_a_sparkline_has_a_bar_for_each_count():
    assert sparkline([0, 1, 4, 8]) == " ▁▄█"


def quoting(tmp_path):
    made = essaysearch.open_library(tmp_path / "index", create=True, fast=False)
    quoted, own = "A pause is safe, they say.", "No pause is safe."
    text = f"{quoted}\n\n{own}"
    blocks = (Block(0, len(quoted), voice="quoted", depth=1), Block(len(quoted) + 2, len(text)))
    made.add(Document("q", "comment", text, blocks, authors=("$Bo$ Lane",), date="2024-02"))
    made.add(Document("r", "essay", "A pause, and =1+1.", (Block(0, 18),)))
    return made


def test_lines_sort_by_voice_and_several_keys_either_way(tmp_path):
    made = quoting(tmp_path)
    assert [line.voice for line in made.kwic("pause", sort="voice")] == ["own", "own", "quoted"]
    assert [line.voice for line in made.kwic("pause", sort="-voice,left")] == ["quoted", "own", "own"]
    assert [line.doc_id for line in made.kwic("pause", sort="date")] == ["q", "q", "r"]
    assert [line.doc_id for line in made.kwic("pause", sort="author,-left")] == ["q", "q", "r"]
    assert [line.voice for line in made.kwic("own:pause")] == ["own", "own"]
    assert made.kwic("pause").counts("voice") == [("own", 2), ("quoted", 1)]
    with pytest.raises(UnknownChoice, match="There is no column `speaker`"):
        made.kwic("pause").counts("speaker")


def test_a_line_tells_where_in_its_document_it_stands(tmp_path):
    lines = quoting(tmp_path).kwic("pause")
    text = "A pause is safe, they say.\n\nNo pause is safe."
    places = [line.place for line in lines if line.doc_id == "q"]
    assert places == pytest.approx(
        [text.index("pause") / len(text), text.rindex("pause") / len(text)], abs=0.02
    )


def test_own_words_are_told_from_quoted_ones_by_keyness(tmp_path):
    rows = {row.word: row.score for row in quoting(tmp_path).keyness("voice:quoted", "voice:own", least=1)}
    assert rows["say"] > 0 > rows["1"]


def test_tables_convert_slice_and_show(library):
    pytest.importorskip("pandas")
    for table in (
        library.kwic("pause"), library.collocates("pause", least=1), library.keyness("author:fenn", least=1),
        library.by_year("pause"), library.timeline("pause"),
    ):  # fmt: skip
        frame = table.to_pandas()
        assert tuple(frame.columns) == table.columns == tuple(table.to_dicts()[0])
        assert len(frame) == len(table) == len(table.to_dicts())
        assert type(table[:2]) is type(table)
        assert table[:2].title == table.title != ""
        assert table._repr_html_().count("<tr") == len(table) + (table.columns[0] != "left")


def test_results_go_on_to_words_and_years(library):
    found = library.search("pause", k=1).narrow("author:lane")
    assert found.kwic() == library.kwic("pause author:lane")
    assert found.by_year() == library.by_year("pause author:lane")
    assert found.timeline() == library.timeline("pause", author="lane")
    assert found.collocates(least=1) == library.collocates("pause author:lane", least=1)
    assert found.keyness("author:fenn", least=1) == library.keyness(
        "pause author:lane", "author:fenn", least=1
    )
    assert found.keyness(library.search("author:fenn"), least=1) == found.keyness("author:fenn", least=1)
    assert found.kwic().title == "pause | author:lane"


# Pictures


@pytest.mark.parametrize("query", ["pause", "zebra", "research -pause"])
def test_every_table_is_drawn_and_the_same_way_each_time(library, tmp_path, query):
    pytest.importorskip("matplotlib")
    for name, table in (
        ("kwic", library.kwic(query)), ("collocates", library.collocates(query, least=1)),
        ("keyness", library.keyness(query, "author:lane", least=1)), ("years", library.by_year(query)),
    ):  # fmt: skip
        for kind, opening in (("png", b"\x89PNG"), ("svg", b"<?xml")):
            paths = [tmp_path / f"{name}-{n}.{kind}" for n in (1, 2)]
            for path in paths:
                table.plot().save(path)
            assert paths[0].read_bytes() == paths[1].read_bytes()
            assert paths[0].read_bytes().startswith(opening)
        assert table.plot()._repr_png_().startswith(b"\x89PNG")


def test_a_picture_has_what_the_table_has(library, tmp_path):
    pytest.importorskip("matplotlib")
    library.by_year("pause").plot().save(tmp_path / "years.svg")
    drawn = (tmp_path / "years.svg").read_text(encoding="utf-8")
    for told in ("2021", "2022", "2023", "undated", ">pause<"):
        assert told in drawn
    quoting(tmp_path / "quoting").kwic("pause").plot().save(tmp_path / "lines.svg")
    drawn = (tmp_path / "lines.svg").read_text(encoding="utf-8")
    for told in ("$Bo$ Lane, 2024-02, q (2)", "unknown, undated, r (1)", ">quoted<", ">own<"):
        assert told in drawn
    assert ">unknown<" not in drawn


def test_a_plot_of_another_kind_or_without_matplotlib_says_what_to_do(library, tmp_path, monkeypatch):
    import sys

    pytest.importorskip("matplotlib")
    plot = library.by_year("pause").plot()
    with pytest.raises(UnknownChoice, match=r"a plot is written as \.png or \.svg; end its name so"):
        plot.save(tmp_path / "years.pdf")
    with pytest.raises(essaysearch.EssaysearchError, match="cannot be written: No such file"):
        plot.save(tmp_path / "none" / "years.png")
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(essaysearch.ExtraMissing, match=r"pip install 'essaysearch\[notebook\]'"):
        library.kwic("pause").plot()


# From the shell


@pytest.mark.parametrize(
    ("command", "args"),
    [("kwic", ["pause", "--sort", "voice,right", "-k", "2"]),
     ("collocates", ["pause", "--least", "1", "--stop-words"]),
     ("keyness", ["author:fenn", "author:lane", "--least", "1"]), ("years", ["pause"]),
     ("timeline", ["pause", "--author", "lane"])],
)  # fmt: skip
def test_the_shell_gives_the_same_rows_and_pictures(library, tmp_path, command, args):
    import json

    from test_cli import run

    pytest.importorskip("matplotlib")
    picture = tmp_path / "plot.svg"
    told = json.loads(
        run(command, *args, "--format", "json", "--plot", str(picture), "--index", library.path).stdout
    )
    tables = {
        "kwic": lambda: library.kwic("pause", sort="voice,right")[:2],
        "collocates": lambda: library.collocates("pause", least=1, stop_words=True)[:30],
        "keyness": lambda: library.keyness("author:fenn", "author:lane", least=1)[:30],
        "years": lambda: library.by_year("pause"),
        "timeline": lambda: library.timeline("pause", author="lane"),
    }
    table = tables[command]()
    assert told["rows"] == json.loads(json.dumps(table.to_dicts()))
    table.plot().save(tmp_path / "again.svg")
    assert picture.read_bytes() == (tmp_path / "again.svg").read_bytes()
    shown = run(command, *args, "--format", "csv", "--index", library.path).stdout
    assert shown.splitlines()[0] == ",".join(table.columns)
    assert len(shown.splitlines()) == len(table) + 1
    plain = run(command, *args, "--index", library.path)
    assert (plain.exit_code, len(plain.stdout.splitlines()) >= len(table)) == (0, True)
    assert run(command, "zebra", "--index", library.path).exit_code == 1


def test_csv_of_a_concordance_never_gives_a_spreadsheet_a_formula(tmp_path):
    from test_cli import run

    made = quoting(tmp_path)
    shown = run("kwic", "and", "--width", "5", "--format", "csv", "--index", made.path).stdout
    assert ",and,'=1+1.," in shown


def test_every_study_narrows_as_a_search_does(library):
    assert {line.doc_id for line in library.kwic("pause", narrow="research")} == {"b", "c"}
    assert {line.match for line in library.kwic("pause", narrow=["research", "has:date"])} == {"pause"}
    assert list(library.by_year("pause", narrow="author:fenn")) == [(2023, 1), (None, 1)]
    assert library.timeline("pause", narrow="author:fenn") == library.timeline("pause", author="Odile Fenn")
    narrowed = library.collocates("pause", least=1, narrow="author:lane")
    assert narrowed == library.collocates("pause author:lane", least=1)
    assert narrowed != library.collocates("pause", least=1)
    keys = library.keyness("author:fenn", "author:lane", least=1, narrow="has:date")
    assert keys == library.keyness("author:fenn has:date", "author:lane has:date", least=1)
    found = library.search("pause").narrow("research")
    assert found.kwic() == library.kwic("pause", narrow="research")


def test_the_shell_narrows_every_study(library):
    for command in ("kwic", "collocates", "keyness", "years", "timeline"):
        told = run(
            command, "pause", "--narrow", "author:fenn", "--format", "json", "--index", library.path
        ).stdout
        name = "by_year" if command == "years" else command
        table = getattr(library, name)("pause", narrow=("author:fenn",))
        rows = json.loads(told)["rows"] if table else []
        assert rows == table.to_dicts()[:30]
        assert table.title == "pause | author:fenn"


def test_what_is_odd_about_a_query_is_said_by_every_study(library):
    for table in (
        library.kwic("autor:lane pause"),
        library.collocates("autor:lane pause"),
        library.keyness("autor:lane pause"),
        library.by_year("autor:lane pause"),
        library.timeline("autor:lane pause"),
    ):
        assert table.warnings[0].message.startswith("no field `autor`; did you mean `author`?")
        assert "did you mean" in table._repr_html_()
        assert table[:1].warnings == table.warnings
    compared = library.keyness("pause", "paues", least=1).warnings
    assert [warning.message for warning in compared] == [
        "compared with `paues`: No passage has the word `paues`; did you mean `pause`?"
    ]
    said = run("kwic", "paues", "--index", library.path)
    assert said.exit_code == 1
    assert "did you mean `pause`?" in said.stderr
    assert json.loads(run("years", "paues", "--format", "json", "--index", library.path).stdout)["warnings"]


def test_the_undated_are_named_in_a_notebook_too(library):
    assert "<td>undated</td><td>1</td>" in library.by_year("pause")._repr_html_()


def test_a_study_takes_what_was_typed_literally(library):
    assert library.kwic("NOT pause", literal=True) == []
    assert [line.match for line in library.kwic("hurts nobody", literal=True)] == ["hurts nobody"]


def test_counting_the_whole_vocabulary_at_once_counts_as_looking_up_each_word(tmp_path, monkeypatch):
    made = essaysearch.open_library(tmp_path / "index", create=True, fast=False)
    documents = [
        Document(key, "essay", f"{text} Once more: {text}", title=f"The pause of {key}")
        for key, _, _, text in TEXTS
    ]
    made.add(documents[:2])
    made.add(documents[2:])
    made.remove("b")
    snapshot = made.snapshot()
    words = sorted({term for view in snapshot.views for term in view.segment.terms().all()})
    assert len(snapshot.views) > 1
    looked_up = texts.occurrences_of(snapshot, words)
    monkeypatch.setattr(texts, "_MANY", 0)
    assert texts.occurrences_of(snapshot, [*words, "kelp"]) == {**looked_up, "kelp": 0}
    assert looked_up["paus"] == 8
    assert looked_up["nobodi"] == 0


@given(
    st.lists(
        st.sampled_from(["a", "pause", "l'été", "電力", "--", "(", "x" * 40, "ﬁn½", "a_b"]), max_size=40
    ),
    st.sampled_from([" ", "  ", ", ", "-"]),
    st.integers(1, 6),
    st.data(),
)
def test_the_words_beside_a_place_are_those_that_the_whole_text_has_there(pieces, between, window, data):
    text = between.join(pieces)
    words = tokens(text)
    if not words:
        return
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first, len(words) - 1))
    wanted = words[max(0, first - window) : first] + words[last + 1 : last + 1 + window]
    assert texts.words_beside(text, (words[first].start, words[last].end), window) == wanted
