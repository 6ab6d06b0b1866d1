"""What queries find, beside a brute-force reading of the contract: every passage asked, clause by clause.

Queries are made together with their meaning, so nothing here parses. A passage is what a hit tells
of it; words are cut and stemmed here anew.
"""

from __future__ import annotations

import random
import re
import tempfile
from collections.abc import Callable
from functools import cache
from itertools import product

import pytest
import Stemmer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import essaysearch
from essaysearch import Document, Hit, Library
from essaysearch.model import Block

STEMMER = Stemmer.Stemmer("english")
WORDS = (
    "model models modelled deceptive deception alignment aligned trust trusted goal goals reward rewards "
    "hacking judge judges probe wombat women woman café Café GPT-4 the of not to"
).split()
PLAIN = ["model", "models", "deceptive", "alignment", "trust", "goal", "rewards", "Hacking", "judge", "cafe"]
AUTHORS = ["Ada Lane", "Odile Fenn", "Kamilė Lane", "Bo Ada"]
DATES = [None, "2021", "2022-11", "2023-05-01", "2023-09-30", "2024-02-29T10:00:00+00:00"]
Says = Callable[[Hit], bool]


def words_of(text: str) -> list[str]:
    folded = text.lower().replace("é", "e").replace("ė", "e")
    return re.findall(r"[a-z0-9]+", folded)


def stems_of(text: str) -> list[str]:
    return [STEMMER.stemWord(word) for word in words_of(text)]


def parts(hit: Hit, field: str | None) -> list[str]:
    """The texts of a passage that a field of the query means."""
    answers = hit.answers.text if hit.answers else ""
    table = {
        None: [hit.text, hit.title or "", hit.section or "", answers],
        "title": [hit.title or ""],
        "body": [hit.text],
        "own": [hit.text] if hit.voice == "own" else [],
        "quote": [hit.text] if hit.voice == "quoted" else [],
        "answers": [answers],
    }
    return table[field]


def has_word(word: str, field: str | None = None) -> Says:
    (stem,) = stems_of(word)
    return lambda hit: any(stem in stems_of(text) for text in parts(hit, field))


def places(texts: list[str], asked: tuple[str, ...]) -> list[list[list[int]]]:
    """For each text, for each asked word, where it stands."""
    found = []
    for text in texts:
        stems = stems_of(text)
        found.append([[n for n, stem in enumerate(stems) if [stem] == stems_of(word)] for word in asked])
    return found


def together(asked: tuple[str, ...], slop: int, ordered: bool, field: str | None = None) -> Says:
    """Within ``slop`` positions of the first of them; 0: side by side."""

    def says(hit: Hit) -> bool:
        for held in places(parts(hit, field), asked):
            for chosen in product(*held):
                if len(set(chosen)) < len(chosen) and slop:
                    continue
                steps = list(chosen)
                if slop == 0:
                    if steps == list(range(steps[0], steps[0] + len(steps))):
                        return True
                elif max(steps) - min(steps) <= slop and (not ordered or steps == sorted(steps)):
                    return True
        return False

    return says


def matches(pattern: str) -> Says:
    asked = re.compile(pattern)
    return lambda hit: any(asked.fullmatch(w) for text in parts(hit, None) for w in words_of(text))


def edits(a: str, b: str) -> int:
    """Letters more, less or other, and neighbours that changed places, each one edit."""
    rows = [[max(n, m) if not n * m else 0 for m in range(len(b) + 1)] for n in range(len(a) + 1)]
    for n, m in product(range(1, len(a) + 1), range(1, len(b) + 1)):
        rows[n][m] = min(rows[n - 1][m] + 1, rows[n][m - 1] + 1, rows[n - 1][m - 1] + (a[n - 1] != b[m - 1]))
        if n > 1 < m and a[n - 2 : n] == b[m - 2 : m][::-1]:
            rows[n][m] = min(rows[n][m], rows[n - 2][m - 2] + 1)
    return rows[-1][-1]


def fuzzy(word: str) -> Says:
    return lambda hit: any(edits(w, word) <= 1 for text in parts(hit, None) for w in words_of(text))


def letters(word: str) -> Says:
    return lambda hit: any(word in re.findall(r"\w+", text) for text in parts(hit, None))


def year_of(hit: Hit) -> int | None:
    return int(hit.date[:4]) if hit.date else None


def period(hit: Hit) -> tuple[str, str]:
    """The first and the last day of a passage's date."""
    day = (hit.date or "")[:10]
    ends = {4: ("-01-01", "-12-31"), 7: ("-01", "-30"), 10: ("", "")}[len(day)]
    return day + ends[0], day + ends[1]


def dated(low: str | None, high: str | None) -> Says:
    return lambda hit: (
        hit.date is not None
        and (low is None or period(hit)[1] >= low)
        and (high is None or period(hit)[0] <= high)
    )


def by(name: str) -> Says:
    asked = words_of(name)
    return lambda hit: any(
        words_of(author)[n : n + len(asked)] == asked
        for author in hit.authors
        for n in range(len(words_of(author)))
    )


FILTERS: dict[str, Says] = {
    "kind:essay": lambda hit: hit.kind == "essay",
    "kind:(essay OR comment)": lambda hit: hit.kind in ("essay", "comment"),
    "author:lane": by("lane"),
    'author:"ada lane"': by("ada lane"),
    "author:kamile": by("kamile"),
    "date:2023": dated("2023-01-01", "2023-12-31"),
    "date:2022..2023-06": dated("2022-01-01", "2023-06-30"),
    "date:2023-Q3": dated("2023-07-01", "2023-09-30"),
    "date:>2023-05": dated("2023-06-01", None),
    "date:<2023": dated(None, "2022-12-31"),
    "date:last-month..": dated("2024-02-01", None),
    "date:last-year": dated("2023-01-01", "2023-12-31"),
    "year:2022..2023": lambda hit: year_of(hit) in (2022, 2023),
    "year:>=2023": lambda hit: (year_of(hit) or 0) >= 2023,
    "karma:>=3": lambda hit: hit.karma is not None and hit.karma >= 3,
    "karma:-1..2": lambda hit: hit.karma is not None and -1 <= hit.karma <= 2,
    "karma:<0": lambda hit: hit.karma is not None and hit.karma < 0,
    "has:date": lambda hit: hit.date is not None,
    "has:karma": lambda hit: hit.karma is not None,
    "has:url": lambda hit: hit.url is not None,
    "has:title": lambda hit: bool(hit.title),
    "has:answers": lambda hit: hit.answers is not None,
    "voice:quoted": lambda hit: hit.voice == "quoted",
    "url:example.org/b": lambda hit: "example.org/b" in (hit.url or ""),
}


def word_clauses() -> st.SearchStrategy[tuple[str, Says]]:
    words = st.sampled_from(PLAIN)
    pairs = st.lists(words, min_size=2, max_size=3).map(tuple)
    two = st.tuples(words, words)
    return st.one_of(
        words.map(lambda w: (w, has_word(w))),
        words.map(lambda w: (f"{w}^2", has_word(w))),
        st.tuples(st.sampled_from(["title", "own", "quote", "body", "answers"]), words).map(
            lambda pair: (f"{pair[0]}:{pair[1]}", has_word(pair[1], pair[0]))
        ),
        st.tuples(two, st.integers(1, 4)).map(
            lambda t: (f"({t[0][0]} NEAR/{t[1]} {t[0][1]})", together(t[0], t[1], False))
        ),
        st.tuples(two, st.integers(1, 4)).map(
            lambda t: (f"({t[0][0]} THEN/{t[1]} {t[0][1]})", together(t[0], t[1], True))
        ),
        two.map(lambda t: (f"({t[0]} AND {t[1]})", lambda h: has_word(t[0])(h) and has_word(t[1])(h))),
        two.map(lambda t: (f"({t[0]} OR {t[1]})", lambda h: has_word(t[0])(h) or has_word(t[1])(h))),
        two.map(lambda t: (f"({t[0]} -{t[1]})", lambda h: has_word(t[0])(h) and not has_word(t[1])(h))),
        pairs.map(lambda t: ('(title:"' + " ".join(t) + '")', together(t, 0, True, "title"))),
        st.sampled_from(
            [
                ("decept*", matches("decept.*")),
                ("wom?n", matches("wom.n")),
                ("*ing", matches(".*ing")),
                ("/decept(ion|ive)/", matches("decept(ion|ive)")),
                ("/go.ls?/", matches("go.ls?")),
                ("modle~1", fuzzy("modle")),
                ("trst~", fuzzy("trst")),
                ("exact:goals", letters("goals")),
                ("exact:Café", letters("Café")),
            ]
        ),
    )


def phrases() -> st.SearchStrategy[tuple[str, Says]]:
    asked = st.lists(st.sampled_from([*PLAIN, "the", "of"]), min_size=2, max_size=3).map(tuple)
    return st.one_of(
        asked.map(lambda t: ('"' + " ".join(t) + '"', together(t, 0, True))),
        st.tuples(asked, st.integers(2, 5)).map(
            lambda t: ('"' + " ".join(t[0]) + f'"~{t[1]}', together(t[0], t[1], False))
        ),
    )


clauses = st.one_of(
    word_clauses().map(lambda c: ("should", *c)),
    word_clauses().map(lambda c: ("should", *c)),
    word_clauses().map(lambda c: ("must", "+" + c[0], c[1])),
    word_clauses().map(lambda c: ("not", "-" + c[0], c[1])),
    phrases().map(lambda c: ("must", *c)),
    phrases().map(lambda c: ("not", "-" + c[0], c[1])),
    st.sampled_from(sorted(FILTERS)).map(lambda f: ("filter", f, FILTERS[f])),
    st.sampled_from(sorted(FILTERS)).map(lambda f: ("not", "-" + f, FILTERS[f])),
)


def holds(rows: list[tuple[str, str, Says]], hit: Hit) -> bool:
    """The contract: every filter and every +, nothing that is -, and of the words at least one."""
    filters: dict[str, list[bool]] = {}
    for role, text, says in rows:
        if role == "filter":
            filters.setdefault(text.partition(":")[0], []).append(says(hit))
    for name, found in filters.items():
        if not (all(found) if name == "author" else any(found)):
            return False
    musts = [says(hit) for role, _, says in rows if role == "must"]
    shoulds = [says(hit) for role, _, says in rows if role == "should"]
    if any(says(hit) for role, _, says in rows if role == "not"):
        return False
    return all(musts) and (bool(musts) or not shoulds or any(shoulds))


def document(random_: random.Random, number: int) -> Document:
    blocks, text = [], ""
    for _ in range(random_.randint(1, 4)):
        piece = " ".join(random_.choices(WORDS, k=random_.randint(1, 9))) + "."
        start = len(text) + 2 if text else 0
        text = f"{text}\n\n{piece}" if text else piece
        voice = random_.choice(["own", "own", "quoted"])
        blocks.append(Block(start, len(text), voice=voice, depth=int(voice == "quoted")))
    return Document(
        f"d{number}",
        random_.choice(["essay", "comment", "abstract"]),
        text,
        tuple(blocks),
        title=random_.choice([None, " ".join(random_.choices(WORDS, k=3))]),
        authors=tuple(random_.sample(AUTHORS, random_.randint(0, 2))),
        date=random_.choice(DATES),
        karma=random_.choice([None, -2.0, 0.0, 2.0, 3.0, 7.0]),
        url=random_.choice([None, f"https://example.org/{random_.choice('ab')}/{number}"]),
        thread=random_.choice([None, "t1", "t2"]),
    )


@cache
def library_of(seed: int) -> tuple[Library, list[Hit]]:
    """A random library of several segments, with all its passages."""
    random_ = random.Random(seed)
    library = essaysearch.open_library(tempfile.mkdtemp("-meaning") + "/ix", create=True, fast=False)
    for begin in (0, 14, 23):
        library.add([document(random_, n) for n in range(begin, begin + 15)])
    every = list(library.search("-kind:page", k=None))
    assert len(every) == len(library) > 40
    return library, every


def check(library: Library, every: list[Hit], text: str, says: Says) -> None:
    from datetime import date

    found = library.search(text, k=None, today=date(2024, 3, 5))
    got, wanted = {hit.passage_id for hit in found}, {hit.passage_id for hit in every if says(hit)}
    wrong = [(h.title, h.text, h.answers and h.answers.text) for h in every if h.passage_id in got ^ wanted]
    assert got == wanted, (text, "found" if got - wanted else "missed", wrong[:3])
    assert found.total == len(found)
    expected = {"unknown-word", "either-range"} | (set() if found.total else {"too-much-asked"})
    assert [w for w in found.warnings if w.kind not in expected] == []
    scores = [hit.score for hit in found]
    assert scores == sorted(scores, reverse=True)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(clauses, min_size=1, max_size=4), st.integers(0, 2))
def test_clauses_side_by_side_find_what_the_contract_says(rows, which) -> None:
    library, every = library_of(which)
    check(library, every, " ".join(text for _, text, _ in rows), lambda hit: holds(rows, hit))


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(word_clauses(), word_clauses(), word_clauses(), st.integers(0, 2))
def test_and_binds_tighter_than_or_and_than_standing_side_by_side(a, b, c, which) -> None:
    library, every = library_of(which)

    def meant(hit: Hit) -> bool:
        return a[1](hit) or (b[1](hit) and c[1](hit))

    check(library, every, f"{a[0]} {b[0]} AND {c[0]}", meant)
    check(library, every, f"{a[0]} OR {b[0]} AND {c[0]}", meant)
    check(library, every, f"{b[0]} AND {c[0]} OR {a[0]}", meant)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(phrases(), word_clauses(), word_clauses(), st.integers(0, 2))
def test_or_makes_a_phrase_optional_and_not_excludes_from_everything_beside(phrase, a, b, which) -> None:
    library, every = library_of(which)
    check(library, every, f"{phrase[0]} OR {a[0]}", lambda hit: phrase[1](hit) or a[1](hit))
    check(library, every, f"{a[0]} NOT {b[0]}", lambda hit: a[1](hit) and not b[1](hit))
    check(
        library, every, f"{a[0]} ({b[0]} NOT {phrase[0]})",
        lambda hit: a[1](hit) or (b[1](hit) and not phrase[1](hit)),
    )  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(["sentence", "passage", "comment", "document", "thread"]),
    st.lists(st.sampled_from(PLAIN), min_size=2, max_size=2, unique=True),
    st.integers(0, 2),
)
def test_a_scope_says_where_the_parts_may_be_met(scope, asked, which) -> None:
    library, every = library_of(which)

    def bodies(hit: Hit) -> list[str]:
        unit = {
            "document": lambda other: other.doc_id == hit.doc_id,
            "comment": lambda other: other.doc_id == hit.doc_id,
            "thread": lambda other: (other.thread or other.doc_id) == (hit.thread or hit.doc_id),
        }.get(scope, lambda other: other.passage_id == hit.passage_id)
        return [text for other in every if unit(other) for text in parts(other, None)]

    def says(hit: Hit) -> bool:
        if not any(has_word(word)(hit) for word in asked):
            return False
        if scope == "sentence":
            held = [stems_of(sentence) for sentence in re.split(r"(?<=\.)\s+", hit.text)]
            return any(all(stems_of(word)[0] in sentence for word in asked) for sentence in held)
        held = [stem for text in bodies(hit) for stem in stems_of(text)]
        return all(stems_of(word)[0] in held for word in asked)

    check(library, every, f"same:{scope}({asked[0]} AND {asked[1]})", says)


@pytest.mark.parametrize("text", ["the", "of the", "not to"])
def test_very_common_words_match_where_there_is_nothing_else(text) -> None:
    for library, every in map(library_of, range(3)):
        wanted = {hit.passage_id for hit in every if any(has_word(word)(hit) for word in text.split())}
        found = library.search(text, k=None)
        assert {hit.passage_id for hit in found} == wanted
        assert [warning.kind for warning in found.warnings] == ["all-stop-words"]
        beside = library.search(f"{text} model", k=None)
        assert {h.passage_id for h in beside} == {h.passage_id for h in every if has_word("model")(h)}


def test_a_word_with_inner_marks_is_its_parts_side_by_side_or_the_joined_word() -> None:
    for library, every in map(library_of, range(3)):
        meant = together(("gpt", "4"), 0, True)
        check(library, every, "GPT-4", lambda hit, meant=meant: meant(hit) or has_word("gpt4")(hit))


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(clauses, min_size=1, max_size=4), st.integers(0, 2))
def test_an_explanation_sums_to_the_score_and_why_not_answers_for_the_rest(rows, which) -> None:
    library, every = library_of(which)
    text = " ".join(text for _, text, _ in rows)
    found = library.search(text, k=None)
    scores = {hit.passage_id: hit.score for hit in found}
    for hit in random.Random(text).sample(every, 6):
        told = library.explain(hit.passage_id, text)
        reasons = library.why_not(hit.passage_id, text, k=None)
        if hit.passage_id in scores:
            assert told.value == pytest.approx(scores[hit.passage_id], rel=1e-9)
            assert sum(child.value for child in told.children) == pytest.approx(told.value, rel=1e-9)
            assert reasons == []
        else:
            assert reasons
            assert all(reason[-1] in ".:" for reason in reasons)


def test_no_sentence_crosses_from_one_paragraph_into_the_next(tmp_path) -> None:
    library = essaysearch.open_library(tmp_path / "index", create=True, fast=False)
    apart = "The model is trusted, says\n\nalignment as a field."
    together = f"{apart} A tide of alignment turns the model."
    border = apart.index("\n\n")
    library.add(
        Document(name, "essay", text, (Block(0, border), Block(border + 2, len(text))))
        for name, text in (("a", apart), ("b", together))
    )
    assert library.search("model alignment").total == 2
    assert [hit.doc_id for hit in library.search("same:sentence(model AND alignment)")] == ["b"]
