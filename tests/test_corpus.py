"""The project's own corpus: original, in the formats it promises, and quoting what it says it quotes."""

from __future__ import annotations

import html
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from essaysearch.text.analysis import terms
from shared import SEEDS, needs_shared

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
TOPICS = sorted((CORPUS / "topics").glob("*.toml"))
DOCUMENTS = sorted(p for p in CORPUS.rglob("*") if p.suffix in {".md", ".html", ".txt", ".jsonl"})
RUN = 8

_WORD = re.compile(r"[^\W_]+")
_TAG = re.compile(r"<[^>]+>")
_RECORD = re.compile(r"[A-Z]{4}[a-z]{2} \d{1,2}, \d{4}|[A-Z]{3}[a-z]{2} \d{1,2}, \d{4}")


def plain(path: Path) -> str:
    """The words of a document's file, without the markup that would tear them apart."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        return html.unescape(_TAG.sub(" ", text))
    if path.suffix == ".jsonl":
        return "\n\n".join(json.loads(line)["text"] for line in text.splitlines())
    return text


def runs(text: str, length: int = RUN) -> set[tuple[str, ...]]:
    words = _WORD.findall(text.lower().replace("\n>", "\n"))
    return {tuple(words[i : i + length]) for i in range(len(words) - length + 1)}


def marked_quotes(path: Path) -> list[str]:
    """The block quotes of a document, in order."""
    if path.suffix == ".html":
        text = path.read_text(encoding="utf-8")
        found = re.findall(r"<blockquote\b[^>]*>(.*?)</blockquote>", text, re.DOTALL)
        return [html.unescape(_TAG.sub(" ", quote)) for quote in found]
    return [
        re.sub(r"^>\s?", "", quote, flags=re.MULTILINE)
        for quote in re.findall(r"(?:^>.*(?:\n|$))+", plain(path), re.MULTILINE)
    ]


def topic(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def stands_in(words: list[str], text: list[str]) -> bool:
    return any(text[i : i + len(words)] == words for i in range(len(text) - len(words) + 1))


def finds(phrase: str, text: list[str]) -> bool:
    """Whether every part of a topic's phrase stands in a text of stemmed words."""
    return all(stands_in(terms(part), text) for part in phrase.split(" AND "))


def abstracts_of_the_seed() -> dict[str, list[str]]:
    """Title to stemmed words of title and abstract, for the real author page."""
    page = next(SEEDS.glob("004_*.txt")).read_text(encoding="utf-8").split("\n\n")
    return {
        paragraph.split("\n")[1]: terms(paragraph.split("\n")[1] + "\n" + page[i + 2])
        for i, paragraph in enumerate(page)
        if _RECORD.match(paragraph)
    }


def test_the_corpus_holds_only_documents_and_topics() -> None:
    strangers = [p for p in CORPUS.rglob("*") if p.is_file() and p not in DOCUMENTS and p not in TOPICS]
    assert strangers == []
    assert len(DOCUMENTS) == 15


def test_every_file_is_named_where_the_corpus_is_described() -> None:
    described = (CORPUS.parent / "docs" / "corpus.md").read_text(encoding="utf-8")
    missing = [p for p in DOCUMENTS if f"`{p.relative_to(CORPUS).as_posix()}`" not in described]
    assert missing == []


def test_forum_comments_name_a_parent_that_stands_before_them() -> None:
    seen: set[str] = set()
    lines = (CORPUS / "forum" / "common-room.jsonl").read_text(encoding="utf-8").splitlines()
    for record in map(json.loads, lines):
        assert (record["kind"] == "comment") == ("parent" in record)
        assert record.get("parent") is None or record["parent"] in seen
        assert record["_id"] not in seen
        seen.add(record["_id"])
    assert len(seen) == 12


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: p.stem)
def test_marked_quotes_are_quoted_from_the_corpus(path: Path) -> None:
    """From another document, or (a forum thread is one file) from elsewhere in the same file."""
    for quote in marked_quotes(path):
        rest = plain(path).replace("> " + quote.strip(), "") if path.suffix == ".jsonl" else ""
        others = [plain(other) for other in DOCUMENTS if other != path] + [rest]
        length = min(RUN, len(_WORD.findall(quote)))
        wanted = runs(quote, length)
        best = max(len(wanted & runs(other, length)) / len(wanted) for other in others)
        assert best >= 0.25, f"{path.name} quotes what nobody wrote: {quote}"


@needs_shared
def test_no_run_of_eight_words_stands_in_the_real_documents() -> None:
    real = set[tuple[str, ...]]().union(*(runs(p.read_text(encoding="utf-8")) for p in SEEDS.glob("*.txt")))
    assert len(real) > 1_000
    for path in DOCUMENTS + TOPICS:
        assert not runs(plain(path)) & real, path.name


@pytest.mark.parametrize("path", TOPICS, ids=lambda p: p.stem)
def test_a_topic_file_is_whole(path: Path) -> None:
    found = topic(path)
    assert list(found) == ["name", "note", "seeds", "sense"]
    assert found["name"].strip()
    assert found["note"].count(".") >= 2
    assert found["seeds"] == []
    phrases = [phrase for sense in found["sense"] for phrase in sense["phrases"]]
    assert all(set(sense) == {"name", "phrases", "exclude"} for sense in found["sense"])
    assert len(set(phrases)) == len(phrases) >= 5
    for phrase in phrases + [phrase for sense in found["sense"] for phrase in sense["exclude"]]:
        assert all(terms(part) for part in phrase.split(" AND ")), phrase


@pytest.mark.parametrize("path", TOPICS, ids=lambda p: p.stem)
def test_a_topic_finds_something_in_the_corpus(path: Path) -> None:
    texts = [terms(plain(document)) for document in DOCUMENTS]
    phrases = [
        phrase for sense in topic(path)["sense"] for phrase in sense["phrases"] if " AND " not in phrase
    ]
    assert any(finds(phrase, text) for phrase in phrases for text in texts)


@needs_shared
def test_deceptive_alignment_reaches_the_seven_abstracts_that_never_say_it() -> None:
    phrases = [
        phrase
        for sense in topic(CORPUS / "topics" / "deceptive-alignment.toml")["sense"]
        for phrase in sense["phrases"]
    ]
    abstracts = abstracts_of_the_seed()
    assert len(abstracts) == 20
    found = {title for title, text in abstracts.items() if any(finds(phrase, text) for phrase in phrases)}
    wanted = (
        "Sleeper Agents",
        "Alignment faking",
        "Uncovering Deceptive Tendencies",
        "Auditing language models",
        "Risks from Learned Optimization",
        "Natural Emergent Misalignment",
        "Will AI Tell Lies",
    )
    assert len(found) == len(wanted)
    for beginning in wanted:
        assert any(title.startswith(beginning) for title in found), beginning
