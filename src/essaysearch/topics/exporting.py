"""Judged topics as a test collection, in the layouts that evaluation reads."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from essaysearch.columnar.snapshot import Snapshot
from essaysearch.text.ids import slug
from essaysearch.topics.anchoring import anchor
from essaysearch.topics.files import Topic
from essaysearch.topics.judgments import JudgmentError, path_of, read


def export(
    snapshot: Snapshot,
    topics: Sequence[Topic],
    directory: str | os.PathLike[str],
    given: str | os.PathLike[str] | None = None,
) -> list[str]:
    """Write corpus.jsonl, queries.jsonl, qrels.tsv (BEIR) and qrels.trec; returns sentences.

    A passage is a document of the collection, a topic's name a query; yes is 1, no is 0, what was
    not decided is left out. ``given``: the file of judgments where there is but one topic. Raises
    `JudgmentError` where a topic has no judgments or nothing can be written.
    """
    said: list[str] = []
    judged: list[tuple[str, str, dict[str, str]]] = []
    for topic in topics:
        held = read(path_of(topic, given))
        found = anchor(snapshot, held)
        answers = {name: answer for name, answer in found.answers.items() if answer != "skip"}
        if not answers:
            raise JudgmentError(
                f"The topic `{topic.name}` has no judgments to export."
                " Make some with `essaysearch topic screen`."
            )
        said += [*held.warnings, *found.sentences]
        relevant = sum(answer == "yes" for answer in answers.values())
        said.append(f"{topic.name}: {len(answers)} passages judged, {relevant} of them relevant.")
        judged.append((slug(Path(topic.path).stem if topic.path else topic.name, 100), topic.name, answers))
    place = Path(directory)
    try:
        place.mkdir(parents=True, exist_ok=True)
        _write_corpus(snapshot, place / "corpus.jsonl")
        queries = [{"_id": identity, "text": name} for identity, name, _ in judged]
        _write(place / "queries.jsonl", [json.dumps(query, ensure_ascii=False) for query in queries])
        rows = [
            (q, name, int(answer == "yes")) for q, _, answers in judged for name, answer in answers.items()
        ]
        lines = [f"{q}\t{name}\t{grade}" for q, name, grade in rows]
        _write(place / "qrels.tsv", ["query-id\tcorpus-id\tscore", *lines])
        _write(place / "qrels.trec", [f"{q} 0 {name} {grade}" for q, name, grade in rows])
    except OSError as error:
        raise JudgmentError(f"{place}: cannot be written: {error.strerror or error}.") from error
    return said


def _write_corpus(snapshot: Snapshot, path: Path) -> None:
    with open(path, "w", encoding="utf-8", errors="replace", newline="\n") as file:
        for view in snapshot.views:
            segment = view.segment
            for document in range(segment.documents):
                if not segment.live_documents[document]:
                    continue
                title = segment.document(document, with_text=False).title or ""
                begin, end = (int(v) for v in segment.column("doc_first")[document : document + 2])
                for number in range(begin, end):
                    row: dict[str, Any] = {
                        "_id": segment.passage_id(number),
                        "title": title,
                        "text": segment.passage_text(number),
                    }  # fmt: skip
                    file.write(json.dumps(row, ensure_ascii=False) + "\n")


def _write(path: Path, lines: Sequence[str]) -> None:
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.writelines(line + "\n" for line in lines)
