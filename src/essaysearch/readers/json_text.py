"""JSON as files have it: one value, one value a line, a long list, or cut off in the middle.

What is complete before a break is kept, and the break is named. The depth of a value is not
bounded by Python's stack: a comment tree nested 10,000 levels deep is read like any other.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from essaysearch.errors import ReadError
from essaysearch.readers.source import LARGEST, SourceFile

_SPACE = re.compile(r"[\s\ufeff\x1e]*")
_CHUNK = 1 << 20
_TRIED = 12
"""Down to this depth an element is first tried with the fast parser: text is not read oftener than that."""

Look = tuple[bool, list[Any]]
"""Whether an object is wanted, and the values inside it that may hold more of them."""

_fast = json.JSONDecoder(strict=False)


class Value(NamedTuple):
    """A value, the 1-based line where it starts, and what is missing of it (empty: nothing).

    ``value`` is None where nothing could be read.
    """

    value: Any
    line: int
    problem: str = ""


def parse(text: str, at: int = 0) -> tuple[Any, int, str]:
    """The JSON value that starts at ``at``, the place after it, and what is wrong with it (or nothing).

    Where the text breaks off or breaks the grammar, all values complete before that point are kept
    in the lists and objects they stand in, a key without its value is dropped, and the place is the
    text's end. Of equal keys the last counts. Raw control characters in strings are let through.

    >>> parse('{"a": [1, {"b": 2, "c": "cut o')
    ({'a': [1, {'b': 2}]}, 30, 'line 1, column 25: the file breaks off inside a string')
    """
    at = _space(text, at)
    try:
        value, end = _fast.raw_decode(text, at)
        return value, end, ""
    except (ValueError, RecursionError):
        return _parse(text, at)


def values(source: SourceFile) -> Iterator[Value]:
    """The values of a file, one by one: lines of JSON, the elements of a list at the top, or one value.

    Lines and elements are read without holding the others. A line that is no JSON gives its
    problem, and the next one is read.
    """
    head = source.head
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if not start:
        raise ReadError(f"{source.path}: is empty.")
    if start.startswith(b"["):
        yield from _elements(source)
    elif start.startswith(b"{") and _is_lines(source):
        yield from _lines(source)
    else:
        yield from _several(source.text())


def objects(value: Any, look: Callable[[dict[str, Any]], Look]) -> Iterator[dict[str, Any]]:
    """The objects in a value that ``look`` wants, in order, however deep, each before those inside it."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting.extend(reversed(item))
        elif isinstance(item, dict):
            wanted, within = look(item)
            if wanted:
                yield item
            waiting.extend(reversed(within))


def inner(item: Mapping[str, Any], *keys: str) -> list[Any]:
    """The objects and lists under these keys of an object, or under all of its keys, in order."""
    found = [item.get(key) for key in keys] if keys else item.values()
    return [value for value in found if isinstance(value, dict | list)]


def _is_lines(source: SourceFile) -> bool:
    """Whether the first two lines that are not empty each hold a whole object (or the name says so)."""
    if source.suffix in (".jsonl", ".ndjson", ".jsonlines"):
        return True
    whole = 0
    for _, line in source.lines():
        text = line.decode("utf-8", "replace").strip("\ufeff \t")
        if not text:
            continue
        if not text.startswith("{") or parse(text)[2]:
            return False
        whole += 1
        if whole == 2:
            return True
    return whole == 1


def _lines(source: SourceFile) -> Iterator[Value]:
    for number, line in source.lines():
        try:
            text = line.decode("utf-8").strip("\ufeff \t\x1e")
        except UnicodeDecodeError:
            seen = len(source.notes)
            text = source.decode(line).strip()
            if source.notes[-1] in source.notes[:seen]:
                del source.notes[seen:]
        if not text:
            continue
        value, end, problem = parse(text)
        if not problem and text[end:].strip(" ,"):
            problem = f"column {end + 1}: more text follows the value"
        yield Value(value, number, problem.removeprefix("line 1, "))


def _several(text: str) -> Iterator[Value]:
    """Values that stand one after another in a text."""
    at, line = _space(text, 0), 1
    while at < len(text):
        value, end, problem = parse(text, at)
        yield Value(value, line, problem)
        if problem:
            return
        end = _space(text, end)
        line += text.count("\n", at, end)
        at = end


def _elements(source: SourceFile) -> Iterator[Value]:
    """The elements of the list that is the file."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
    with source.open() as file:
        text, at, line, ended = "", 0, 1, False
        opened = False
        while True:
            at = _space(text, at)
            while at < len(text) and text[at] in ",[" and (text[at] == "," or not opened):
                opened = True
                at = _space(text, at + 1)
            if at < len(text) and text[at] == "]":
                rest = text[at + 1 :].strip()
                if rest:
                    yield Value(None, line + text.count("\n", 0, at), "more text follows the list's end")
                return
            whole = at < len(text)
            if whole:
                value, end, problem = parse(text, at)
                # A number at the end of what was read so far may go on.
                whole = ended or (not problem and end < len(text))
            if whole:
                yield Value(value, line + text.count("\n", 0, at), problem and _shifted(problem, line))
                if problem:
                    return
                at = end
                continue
            if ended:
                yield Value(None, line + text.count("\n"), "the file breaks off inside the list")
                return
            line += text.count("\n", 0, at)
            if len(text) - at > LARGEST:
                yield Value(
                    None, line, f"an element is larger than {LARGEST >> 20} MB, the most that can be read"
                )
                return
            try:
                data = file.read(max(_CHUNK, len(text)))
            except (OSError, EOFError) as error:
                source.break_off(error)
                data = b""
            ended = not data
            text, at = text[at:] + decoder.decode(data, final=ended), 0


def _space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _shifted(problem: str, line: int) -> str:
    """The problem with its line counted from the file's first."""
    return re.sub(r"^line (\d+)", lambda match: f"line {int(match[1]) + line - 1}", problem)


def _parse(text: str, at: int) -> tuple[Any, int, str]:
    """`parse` without recursion, keeping what is complete."""
    root: list[Any] = []
    stack: list[list[Any] | dict[str, Any]] = [root]
    keys: list[str] = [""]
    while True:
        at = _space(text, at)
        top = stack[-1]
        if at >= len(text):
            return _broken(root, text, at, "the file breaks off")
        character = text[at]
        if len(stack) > 1 and character == ("]" if isinstance(top, list) else "}"):
            stack.pop()
            keys.pop()
            at += 1
        elif len(stack) > 1 and character == ",":
            at += 1
            continue
        else:
            if isinstance(top, dict):
                try:
                    key, at = _fast.raw_decode(text, at)
                    at = _space(text, at)
                    if not isinstance(key, str) or text[at : at + 1] != ":":
                        return _broken(root, text, at, "a key and a colon were expected")
                except ValueError:
                    return _broken(root, text, at, _why(text, at))
                keys[-1], at = key, _space(text, at + 1)
            opened: list[Any] | dict[str, Any] | None = None
            try:
                if text[at : at + 1] in ("{", "[") and len(stack) > _TRIED:
                    raise RecursionError
                value, at = _fast.raw_decode(text, at)
            except (ValueError, RecursionError):
                if text[at : at + 1] not in ("{", "["):
                    return _broken(root, text, at, _why(text, at))
                value = opened = {} if text[at] == "{" else []
                at += 1
            scalar = opened is None and not isinstance(value, str | list | dict)
            if scalar and (at >= len(text) or text[at] in ".eE+-"):
                return _broken(root, text, at, "the file breaks off")
            if isinstance(top, dict):
                top[keys[-1]] = value
            else:
                top.append(value)
            if opened is not None:
                stack.append(opened)
                keys.append("")
        if len(stack) == 1:
            return root[0], at, ""


def _why(text: str, at: int) -> str:
    try:
        _fast.raw_decode(text, at)
    except ValueError as error:
        said = str(error)
    if "Unterminated string" in said or ("escape" in said and at + 12 > len(text)):
        return "the file breaks off inside a string"
    rest = text[at : at + 9].strip()
    cut_off = any(word.startswith(rest) for word in ("true", "false", "null", "-"))
    return "the file breaks off" if cut_off else "what stands here is no JSON value"


def _broken(root: list[Any], text: str, at: int, why: str) -> tuple[Any, int, str]:
    line = text.count("\n", 0, at) + 1
    column = at - (text.rfind("\n", 0, at) + 1) + 1
    return (root[0] if root else None), len(text), f"line {line}, column {column}: {why}"
