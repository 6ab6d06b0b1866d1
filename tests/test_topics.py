"""Topics: files with mistakes are named, every passage says by what it was found, coverage adds up."""

from __future__ import annotations

from pathlib import Path

import pytest

import essaysearch
from essaysearch.errors import TopicError
from essaysearch.topics import clauses, estimating, files
from shared import SEEDS, needs_shared

CORPUS = Path(__file__).resolve().parents[1] / "corpus"


def write(place: Path, name: str, text: str) -> Path:
    file = place / f"{name}.toml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def corpus_library(tmp_path_factory):
    library = essaysearch.open_library(tmp_path_factory.mktemp("topics") / "index", create=True, fast=False)
    library.add(CORPUS)
    return library


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("name = ", "is no valid TOML"),
        ("name = 'x'\n", "the topic is empty"),
        ("nmae = 'x'\n", "has an unknown key `nmae`"),
        ("[[sense]]\nphrases = 'pause'\n", "phrases of sense 1 must be a list of strings"),
        ("[[sense]]\nphrase = ['pause']\n", "sense 1 has an unknown key `phrase`"),
    ],
)
def test_a_topic_file_with_a_mistake_is_refused_in_a_sentence(tmp_path, text, sentence):
    with pytest.raises(TopicError, match=sentence):
        files.load(write(tmp_path, "x", text))


def test_a_topic_that_does_not_exist_is_answered_with_the_nearest_name(corpus_library):
    with pytest.raises(TopicError, match="Did you mean `sycophancy`"):
        corpus_library.topic("sycophacy")


def test_every_passage_of_a_topic_says_by_which_phrases_it_was_found(corpus_library):
    found = corpus_library.topic_passages("sycophancy")
    assert found.hits
    for hit, by in zip(found.hits, found.by, strict=True):
        assert by
        assert any(
            corpus_library.why_not(
                hit.passage_id, phrase if " " not in phrase or "AND" in phrase else f'"{phrase}"'
            )
            == []
            for phrase in by
        )


def test_plain_words_between_operators_are_phrases():
    assert repr(clauses.clause("already believe AND assistants")) == repr(
        clauses.clause('"already believe" AND assistants')
    )
    assert clauses.clause("reward hacking") == clauses.clause('"reward hacking"')


def test_coverage_adds_up_to_the_passages_found(corpus_library):
    found = corpus_library.topic_passages("deceptive-alignment")
    rows = found.coverage.contributions
    assert sum(row.new for row in rows) == len(found.hits)
    assert all(row.only <= row.found and row.new <= row.found for row in rows)
    assert [row.new for row in rows] == sorted((row.new for row in rows), reverse=True)
    assert found.coverage.low <= found.coverage.missed <= found.coverage.high


def test_a_topic_in_a_query_finds_what_the_topic_finds(corpus_library):
    found = corpus_library.topic_passages("pauses")
    results = corpus_library.search("topic:pauses", k=1000)
    assert {hit.passage_id for hit in results} == {hit.passage_id for hit in found.hits}
    narrowed = corpus_library.search("topic:pauses kind:abstract", k=1000)
    assert {hit.passage_id for hit in narrowed} == {
        hit.passage_id for hit in found.hits if hit.kind == "abstract"
    }


def test_an_exclusion_rules_a_passage_out_of_its_sense_only(tmp_path, corpus_library):
    all_of_it = files.load(write(tmp_path, "a", "[[sense]]\nphrases = ['pause']\n"))
    without = files.load(write(tmp_path, "b", "[[sense]]\nphrases = ['pause']\nexclude = ['brakes']\n"))
    both = files.load(
        write(
            tmp_path,
            "c",
            "[[sense]]\nphrases = ['pause']\nexclude = ['brakes']\n[[sense]]\nphrases = ['brakes']\n",
        )
    )
    ids = [
        {hit.passage_id for hit in corpus_library.topic_passages(topic).hits}
        for topic in (all_of_it, without, both)
    ]
    assert ids[1] < ids[0]
    assert all("brake" not in hit.text.lower() for hit in corpus_library.topic_passages(without).hits)
    assert ids[0] - ids[1] <= ids[2]


def test_the_version_of_a_topic_changes_with_its_phrases_and_not_with_its_note(tmp_path):
    one = files.load(write(tmp_path, "a", "note = 'x'\n[[sense]]\nphrases = ['pause']\n"))
    other_note = files.load(write(tmp_path, "a", "note = 'y'\n[[sense]]\nphrases = ['pause']\n"))
    other_phrase = files.load(write(tmp_path, "a", "note = 'x'\n[[sense]]\nphrases = ['stop']\n"))
    assert one.version == other_note.version != other_phrase.version


def test_the_unseen_are_estimated_from_those_met_once_and_twice():
    missed, low, high = estimating.unseen([1] * 10 + [2] * 4 + [3] * 2, 5)
    assert missed == pytest.approx(0.8 * 10 * 9 / (2 * 5))
    assert 0 < low < missed < high
    assert estimating.unseen([1, 2], 2) == (None, None, None)
    assert estimating.unseen([3, 3, 3], 4) == (0.0, 0.0, 0.0)


@needs_shared
def test_on_the_seeds_deceptive_alignment_reaches_the_abstracts_that_say_it_otherwise(tmp_path):
    library = essaysearch.open_library(tmp_path / "index", create=True, fast=False)
    library.add(SEEDS)
    found = library.topic_passages(files.load(CORPUS / "topics" / "deceptive-alignment.toml"))
    titles = " | ".join(hit.title or "" for hit in found.hits)
    for part in (
        "Sleeper Agents", "Alignment faking", "Uncovering Deceptive Tendencies", "hidden objectives",
        "Risks from Learned Optimization", "Natural Emergent Misalignment", "Will AI Tell Lies",
    ):  # fmt: skip
        assert part in titles
    assert any(hit.kind == "comment" and "deceptive" in hit.text for hit in found.hits)
    by = {hit.title: set(said) for hit, said in zip(found.hits, found.by, strict=True) if hit.title}
    words = {title: said for title, said in by.items() if "hidden objectives" in title}
    assert any("hidden objective" in said or "hidden objectives" in said for said in words.values())


@needs_shared
def test_on_the_seeds_a_single_phrase_leads_to_the_other_wordings(tmp_path):
    library = essaysearch.open_library(tmp_path / "index", create=True, fast=False)
    library.add(SEEDS)
    topic = files.load(write(tmp_path, "d", "[[sense]]\nphrases = ['deceptive alignment']\n"))
    rows = library.topic_suggestions(topic, 45)
    phrases = {row.phrase for row in rows}
    assert {"alignment faking", "deceptive"} <= phrases
    assert any("hidden objective" in phrase for phrase in phrases)
    for row in rows:
        assert row.inside + row.like + row.outside
        assert row.passage_id in {hit.passage_id for hit in library.search(f'"{row.phrase}"', k=1000)}


READERS_ABSTRACTS = (
    "Sleeper Agents", "Alignment faking", "Uncovering Deceptive Tendencies", "hidden objectives",
    "Risks from Learned Optimization", "Natural Emergent Misalignment", "Will AI Tell Lies",
)  # fmt: skip
READERS_COMMENTS = (
    "sycophantic models involve", "way of calculating", "backchain", "mischaracterization",
    "Deceptive model:", "Notably, the deceptive", "hard-coded", "long-term goal here",
    "results in the model", "beats the aligned",
)  # fmt: skip
"""What someone who reads both seeds to the end lists for deceptive alignment: titles of abstracts, and
words by which the passages of comments are known."""


@needs_shared
def test_who_follows_the_walk_through_on_the_seeds_ends_with_all_a_careful_reader_lists(tmp_path):
    library = essaysearch.open_library(tmp_path / "index", create=True, fast=False)
    library.add(SEEDS)
    listed = {
        hit.passage_id
        for hit in library.search("kind:comment OR kind:abstract", k=None)
        for marks, text in [(READERS_COMMENTS, hit.text), (READERS_ABSTRACTS, hit.title or "")]
        if (text == hit.title) == (hit.kind == "abstract") and any(mark in text for mark in marks)
    }
    assert len(listed) == 20
    begun = files.load(write(tmp_path, "d", "[[sense]]\nphrases = ['deceptive alignment']\n"))
    ideas = ("decept", "faking", "hidden", "audit", "backdoor")
    taken = [
        row.phrase for row in library.topic_suggestions(begun, 45) if any(i in row.phrase for i in ideas)
    ]
    topic = files.load(write(tmp_path, "d", f"[[sense]]\nphrases = {['deceptive alignment', *taken]!r}\n"))
    shown = {hit.passage_id for hit in library.topic_passages(topic).hits}
    assert len(shown & listed) >= 17
    assert len(shown - listed) <= 3
    screening = library.screen(topic)
    for hit in screening:
        screening.judge(hit.passage_id, hit.passage_id in listed)
    assert {name for name, answer in screening.answers.items() if answer == "yes"} == listed
    assert screening.progress.reached


def test_suggestions_say_how_often_they_stand_where_and_leave_out_what_the_topic_has(
    tmp_path, corpus_library
):
    topic = files.load(write(tmp_path, "p", "[[sense]]\nphrases = ['pause']\n"))
    rows = corpus_library.topic_suggestions(topic, 20)
    assert rows
    total = {hit.passage_id for hit in corpus_library.topic_passages(topic).hits}
    for row in rows:
        holding = {hit.passage_id for hit in corpus_library.search(f'"{row.phrase}"', k=1000)}
        assert row.inside == len(holding & total)
        assert row.outside == len(holding - total)
        assert "pause" not in row.phrase.split()


def test_what_was_judged_changes_the_suggestions(tmp_path, corpus_library):
    topic = files.load(write(tmp_path, "p", "[[sense]]\nphrases = ['pause']\n"))
    before = [row.phrase for row in corpus_library.topic_suggestions(topic, 20)]
    screening = corpus_library.screen(topic)
    for hit in corpus_library.search("sycophancy", k=5):
        screening.judge(hit.passage_id, True)
    after = corpus_library.topic_suggestions(topic, 300)
    assert [row.phrase for row in after[:20]] != before
    assert any("sycophan" in row.phrase for row in after)


def test_oddities_of_a_topic_are_said_and_counted(tmp_path, corpus_library):
    text = "seeds = ['0123456789abcdef']\n[[sense]]\nphrases = ['zyzzyva', 'pause', 'Pause', '…']\n"
    found = corpus_library.topic_passages(files.load(write(tmp_path, "x", text)))
    assert found.warnings == (
        "1 phrase holds no word to search for: `…`.",
        "1 phrase finds nothing here: `zyzzyva`.",
        "1 phrase stands in the topic twice: `pause`.",
        "1 seed is not in the library: `0123456789abcdef`.",
    )


def test_a_topic_that_matches_everything_is_told_so(tmp_path):
    library = essaysearch.open_library(tmp_path / "index", create=True, fast=False)
    library.add([essaysearch.Document(str(n), "essay", f"Kelp number {n}.") for n in range(4)])
    topic = files.load(write(tmp_path, "k", "[[sense]]\nphrases = ['kelp']\n"))
    found = library.topic_passages(topic)
    assert found.warnings == (
        "The topic `k` matches every passage of the library: it tells nothing apart.",
        "1 phrase finds more than half of all passages: too wide to tell a topic: `kelp`.",
    )
    assert library.topic_suggestions(topic) == []


def test_a_new_topic_holds_its_name_and_reads_back(tmp_path, corpus_library):
    path = corpus_library.new_topic('Kelp "farms" \\ now', (), str(tmp_path / "topics"))
    assert path.endswith("kelp-farms-now.toml")
    assert files.load(path).phrases == ('Kelp "farms" \\ now',)
    with pytest.raises(TopicError, match="is there already"):
        corpus_library.new_topic("kelp farms now", (), str(tmp_path / "topics"))
    with pytest.raises(TopicError, match="has no letter or digit"):
        corpus_library.new_topic("…", (), str(tmp_path))
