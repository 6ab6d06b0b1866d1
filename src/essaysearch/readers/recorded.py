"""Responses of a web interface as test tools record them: JSON or YAML with the body as a string.

Two forms: a list of interactions with ``request`` and ``response`` (VCR and Betamax cassettes),
and one object with ``url``, ``status_code`` and ``body``.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from typing import Any, NamedTuple

from essaysearch.errors import ReadError
from essaysearch.readers.json_text import parse
from essaysearch.readers.source import SourceFile

_SINGLE = re.compile(r'\A\s*\{\s*"(?:url|status_code|body|headers)"\s*:')
_CASSETTE = re.compile(
    r'\A\s*\{\s*"(?:http_interactions|interactions|recorded_with|recorded_at|version)"\s*:'
)
_YAML = re.compile(r"\A(?:---\s*\n)?(?:http_)?interactions:\s*\n", re.M)
_MOST = 1 << 29


class Response(NamedTuple):
    """What a server answered: its address, its text, and why there is none (empty: there is)."""

    url: str
    text: str
    place: str
    problem: str = ""


def is_recording(source: SourceFile) -> bool:
    """Whether the file is a recording, by how it begins."""
    text = source.head_text
    if _YAML.match(text):
        return "request:" in text and "response:" in text
    if _CASSETTE.match(text):
        return ('"request"' in text and '"response"' in text) or '"interactions"' in text[:4096]
    return bool(_SINGLE.match(text)) and '"body"' in text and ('"status_code"' in text or '"url"' in text)


def responses(source: SourceFile) -> Iterator[Response]:
    """The recorded answers in order. Raises `ReadError` where nothing of the recording can be read."""
    value, problem = _loaded(source)
    interactions = _interactions(value)
    if not interactions:
        raise ReadError(
            f"{source.path}: is a recording without responses{': ' + problem if problem else ''}."
        )
    for number, interaction in enumerate(interactions, 1):
        if isinstance(interaction, dict):
            response = _response(interaction, f"response {number}")
            right = _read_again(response.text)
            if right != response.text:
                source.note("a recorded answer's UTF-8 had been taken for Latin-1; it was read again")
            yield response._replace(text=right)
    if problem:
        yield Response("", "", "", f"The recording is damaged ({problem}); what stands before was read.")


def _read_again(text: str) -> str:
    """The text as UTF-8 where it is UTF-8 that was taken for Latin-1 (``Ã©`` for ``é``)."""
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def _loaded(source: SourceFile) -> tuple[Any, str]:
    text = source.text()
    if not _YAML.match(text[:4096]):
        value, _, problem = parse(text)
        return value, problem
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.load(text, Loader=loader), ""
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = f"it is no YAML at line {mark.line + 1}" if mark else "it is no YAML"
    # What is complete before the mistake: all interactions but the one it stands in.
    starts = [match.start() for match in re.finditer(r"^- request:", text, re.M)]
    for last in reversed(starts[1:]):
        try:
            return yaml.load(text[:last], Loader=loader), problem
        except (yaml.YAMLError, RecursionError, ValueError):
            continue
    return None, problem


def _interactions(value: Any) -> list[Any]:
    if not isinstance(value, dict):
        return []
    for key in ("http_interactions", "interactions"):
        if isinstance(value.get(key), list):
            return list(value[key])
    return [{"request": {"uri": value.get("url")}, "response": value}] if "body" in value else []


def _response(interaction: dict[str, Any], place: str) -> Response:
    request, response = interaction.get("request"), interaction.get("response")
    url = str(request.get("uri") or request.get("url") or "") if isinstance(request, dict) else ""
    if not isinstance(response, dict):
        return Response(url, "", place, "The recording holds no response.")
    try:
        return Response(url, _text(response), place)
    except (ValueError, OSError, EOFError, zlib.error, binascii.Error) as error:
        return Response(url, "", place, f"The response's body cannot be decoded: {error}.")


def _text(response: dict[str, Any]) -> str:
    body = response.get("content", response.get("body"))
    if isinstance(body, dict):
        packed = body.get("base64_string")
        body = (
            base64.b64decode(packed) if isinstance(packed, str) else body.get("string", body.get("text", ""))
        )
    if isinstance(body, str):
        return body
    if isinstance(body, bytes):
        if body[:2] == b"\x1f\x8b":
            with gzip.GzipFile(fileobj=io.BytesIO(body)) as file:
                body = file.read(_MOST)
        return body.decode("utf-8", "replace")
    return ""
