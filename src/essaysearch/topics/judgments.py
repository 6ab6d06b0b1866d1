"""Judgments of passages on disk: a line each, appended and synced before the next passage is shown.

``NAME.judgments.jsonl`` stands beside the topic's file. A line holds one answer, with the words
that were judged, so that the file can be read by itself and a judgment can follow its passage
when the text is edited. Nothing in it is ever changed: an undo is a line too.
"""

from __future__ import annotations

import datetime
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from essaysearch.errors import EssaysearchError
from essaysearch.topics.files import Topic

ANSWERS = ("yes", "no", "skip", "undo")
"""What a line may say: relevant, not relevant, not decided, the passage's last answer withdrawn."""

_SHOWN = 3


class JudgmentError(EssaysearchError):
    """A file of judgments that cannot be read or written."""


@dataclass(frozen=True, slots=True)
class Judgment:
    """One answer about one passage. ``text``: what was judged; ``at``: when, ISO 8601 in UTC.

    ``follows``: the id that the passage had when it was judged, before its text was edited.
    """

    passage_id: str
    answer: str
    doc_id: str = ""
    text: str = ""
    at: str = ""
    follows: str = ""


@dataclass(frozen=True)
class Judgments:
    """What a file says in the end, in the order of the answers that count.

    ``warnings``: sentences on contradictions, lines that could not be read, an unfinished last line.
    """

    last: tuple[Judgment, ...] = ()
    warnings: tuple[str, ...] = ()
    contradictory: tuple[str, ...] = ()

    @property
    def relevant(self) -> dict[str, bool]:
        """Passage ids with yes or no, in the order of judging."""
        return {row.passage_id: row.answer == "yes" for row in self.last if row.answer != "skip"}

    @property
    def skipped(self) -> tuple[str, ...]:
        """Passages that were shown and not decided."""
        return tuple(row.passage_id for row in self.last if row.answer == "skip")


def path_of(topic: Topic, given: str | os.PathLike[str] | None = None) -> Path:
    """Where the judgments of a topic stand: in the file given, else beside the topic's own.

    Raises `JudgmentError` for a topic without a file where none is given.
    """
    if given is not None:
        return Path(given)
    if not topic.path:
        raise JudgmentError(
            f"The topic `{topic.name}` has no file, so its judgments have no place. Name one (judgments=…)."
        )
    return Path(topic.path).with_suffix(".judgments.jsonl")


def append(path: str | os.PathLike[str], judgment: Judgment) -> Judgment:
    """Write one answer and wait until the disk has it; returns it with its time.

    Raises `JudgmentError` where the file cannot be written.
    """
    if judgment.answer not in ANSWERS:
        raise JudgmentError(f"`{judgment.answer}` is no answer. Give one of: {', '.join(ANSWERS)}.")
    at = judgment.at or datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
    row = {
        "passage": judgment.passage_id, "answer": judgment.answer, "at": at,
        "document": judgment.doc_id, "text": judgment.text,
    }  # fmt: skip
    if judgment.follows:
        row["follows"] = judgment.follows
    line = json.dumps(row, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
    try:
        with open(path, "a+b") as file:
            if file.seek(0, os.SEEK_END):
                file.seek(-1, os.SEEK_END)
                if file.read(1) != b"\n":  # a process was killed while it wrote
                    line = b"\n" + line
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise JudgmentError(
            f"{path}: the judgment could not be written: {error.strerror or error}."
            " Name another file, or make the directory writable."
        ) from error
    return replace(judgment, at=at)


def read(path: str | os.PathLike[str]) -> Judgments:
    """The judgments of a file; none where there is no file. Raises `JudgmentError`.

    Of contradictory answers about one passage the last counts.
    """
    try:
        data = Path(path).read_bytes()
    except FileNotFoundError:
        return Judgments()
    except OSError as error:
        raise JudgmentError(f"{path}: cannot be read: {error.strerror or error}.") from error
    rows: list[Judgment] = []
    unusable: list[int] = []
    lines = data.split(b"\n")
    for number, line in enumerate(lines, 1):
        if line.strip():
            row = _row(line)
            if row is not None:
                rows.append(row)
            elif number < len(lines):
                unusable.append(number)
    warnings = []
    if unusable:
        names = ", ".join(map(str, unusable[:_SHOWN])) + (", …" if len(unusable) > _SHOWN else "")
        what = "line is" if len(unusable) == 1 else "lines are"
        warnings.append(f"{path}: {len(unusable)} {what} no judgment and left out (line {names}).")
    if lines[-1].strip() and _row(lines[-1]) is None:
        warnings.append(f"{path}: the last line was not written to its end and is left out.")
    last, contradictory = settled(rows)
    if contradictory:
        what = "passage was" if len(contradictory) == 1 else "passages were"
        names = ", ".join(contradictory[:_SHOWN]) + (", …" if len(contradictory) > _SHOWN else "")
        warnings.append(
            f"{len(contradictory)} {what} judged both yes and no; the last answer counts ({names})."
        )
    return Judgments(last, tuple(warnings), contradictory)


def settled(rows: Iterable[Judgment]) -> tuple[tuple[Judgment, ...], tuple[str, ...]]:
    """The answers that count, in order, and the passages judged both yes and no."""
    held: dict[str, list[tuple[int, Judgment]]] = {}
    for place, row in enumerate(rows):
        if row.follows:
            held.pop(row.follows, None)
        before = held.setdefault(row.passage_id, [])
        if row.answer != "undo":
            before.append((place, row))
        elif before:
            before.pop()
    last = sorted((answers[-1] for answers in held.values() if answers), key=lambda answer: answer[0])
    contradictory = [
        passage for passage, answers in held.items() if {"yes", "no"} <= {row.answer for _, row in answers}
    ]
    return tuple(row for _, row in last), tuple(contradictory)


def _row(line: bytes) -> Judgment | None:
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or told.get("answer") not in ANSWERS or not told.get("passage"):
        return None
    return Judgment(
        str(told["passage"]), told["answer"], str(told.get("document") or ""),
        str(told.get("text") or ""), str(told.get("at") or ""), str(told.get("follows") or ""),
    )  # fmt: skip
