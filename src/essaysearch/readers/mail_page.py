"""One message of a mailing list, saved as a page of its archive: hypermail (also W3C's), MHonArc, Pipermail.

The archives write the message's header into comments of the page, or show it above the text.
The text is taken as it was mailed, line by line, so that its quote marks become voices.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from essaysearch.model import Document, Reading, Skipped
from essaysearch.readers.html_tree import Element, classes, parse_html, plain, tag_of
from essaysearch.readers.mail_headers import dated, lineage, message_id, title_of, writer
from essaysearch.readers.page_facts import page_facts
from essaysearch.readers.page_sniff import is_page, opening
from essaysearch.readers.protocol import Reader
from essaysearch.readers.source import SourceFile
from essaysearch.text.ids import derived_document_id
from essaysearch.voices.quote_marks import unmark

_SIGNS = re.compile(
    r'<!-- ?(?:body="start"|isosent="|X-Body-of-Message|MHonArc|X-Message-Id:|beginarticle)|hypermail-project'
    r'|<meta name="generator" content="(?:hypermail|mhonarc|pipermail)',
    re.I,
)
_STARTS = re.compile(r'body="start"|X-Body-of-Message$|beginarticle', re.I)
_ENDS = re.compile(r'body="end"|X-Body-of-Message-End|endarticle', re.I)
_HYPERMAIL_FIELD = re.compile(r'^\s*(\w+)="(.*)"\s*$', re.S)
_MHONARC_FIELD = re.compile(r"^X-([\w-]+):\s*(.*?)\s*$", re.S)
_FIELDS = {
    "name": "name", "email": "email", "subject": "subject", "id": "message-id", "inreplyto": "in-reply-to",
    "sent": "date", "isosent": "isodate", "message-id": "message-id", "date": "date", "from-r13": "from-r13",
    "reference": "references", "from": "from",
}  # fmt: skip
_HEADERS = frozenset(["headers"])
_LIST = re.compile(r"\(([\w.+-]+@[\w.-]+)|on the ([\w.-]+) mailing list", re.I)
_ROT13 = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    "NOPQRSTUVWXYZABCDEFGHIJKLMnopqrstuvwxyzabcdefghijklm",
)


def sniff(source: SourceFile) -> float:
    """Sure of pages with an archive's comments around a message's body."""
    if not is_page(source):
        return 0.0
    found = _SIGNS.findall(opening(source))
    return 0.9 if len(found) >= 2 else 0.6 if found else 0.0


def read(source: SourceFile) -> Iterator[Reading]:
    """The message, as a document of kind ``message``."""
    root = parse_html(source.text())
    fields = _fields(root)
    body = _body(root)
    if body is None:
        yield Skipped(
            source.path, "The page belongs to a mail archive and holds no message (it may be its index)."
        )
        return
    marked = unmark(body)
    title = title_of(fields.get("subject", ""))
    if not marked.text.strip():
        yield Skipped(source.path, f'The message "{title or "without a subject"}" holds no text.')
        return
    facts = page_facts(root)
    who = writer(fields.get("from", "")) or writer(fields.get("name", ""))
    name = message_id({"message-id": f"<{fields['message-id']}>"}) if fields.get("message-id") else None
    parent, first = lineage(fields, name)
    above = _above_in_thread(root)
    notes = []
    if name in above:
        notes.append("The page gives this message the id of one that it answers; another id was made.")
        name, fields["date"] = None, fields.get("shown date", "")
    if above and not parent:
        parent, first = above[0], above[-1]
    date, how, problem = dated({"date": fields.get("date", "")}, "")
    if problem:
        notes.append(problem)
    if name:
        identity = f"mail:{name}"
    else:
        identity = derived_document_id("mail", who.name if who else "", f"{title or ''}\n{date or ''}")
    extra: dict[str, Any] = {
        "message_id": name,
        "address": who.address if who else "",
        "subject": fields.get("subject", "") if fields.get("subject") != title else "",
        "posting": marked.posting if marked.posting != "none" else "",
        "origins": dict.fromkeys(("title", "authors", "date"), "the archive's page"),
    }
    listed = _LIST.search(facts.heads.get("title", [""])[0] or _title_text(root))
    yield Document(
        id=identity,
        kind="message",
        text=marked.text,
        blocks=marked.blocks,
        title=title,
        authors=(who.name,) if who else (),
        date=date,
        date_inferred=how,
        url=facts.url,
        source=next((group for group in listed.groups() if group), None) if listed else None,
        thread=f"mail:{first}" if first else identity,
        parent=f"mail:{parent}" if parent else None,
        metadata={key: value for key, value in extra.items() if value},
        notes=tuple(notes if who else [*notes, "the message names no author"]),
    )


def _title_text(root: Element) -> str:
    return plain(next(root.iter("title"), None))


def _fields(root: Element) -> dict[str, str]:
    """The message's header as the archive kept it in comments, else as the page shows it; lower-case names.

    The date that the page shows is under ``shown date`` too.
    """
    fields: dict[str, str] = {}
    before = list(root.itersiblings(preceding=True))
    for node in (*reversed(before), *root.iter()):
        if isinstance(node.tag, str) or not node.text:
            continue
        text = str(node.text)
        match = _HYPERMAIL_FIELD.match(text) or _MHONARC_FIELD.match(text.strip())
        name = _FIELDS.get(match[1].lower()) if match else None
        if match and name:
            fields.setdefault(name, unescape(match[2]).strip())
    if rotated := fields.pop("from-r13", ""):
        fields.setdefault("from", unescape(rotated.translate(_ROT13)))
    for node in root.iter("span", "b", "i", "em", "strong", "li"):
        shown = plain(node)
        label, colon, value = shown.partition(":")
        label = label.strip().lower()
        if colon and label in ("from", "date", "subject", "message-id", "in-reply-to") and value.strip():
            fields.setdefault(label, value.strip())
            fields.setdefault(f"shown {label}", value.strip())
    for key in ("message-id", "in-reply-to", "references"):
        if key in fields:
            fields[key] = fields[key].replace("_at_", "@").replace("&#64;", "@").strip("<> ")
    for key in ("in-reply-to", "references"):
        if fields.get(key):
            fields[key] = " ".join(f"<{part.strip('<>')}>" for part in fields[key].split())
    _from_pipermail(root, fields)
    fields.setdefault("subject", plain(next(root.iter("h1"), None)))
    return fields


def _from_pipermail(root: Element, fields: dict[str, str]) -> None:
    """Pipermail shows name, address and date as ``<b>``, ``<a mailto>`` and ``<i>`` under the heading."""
    heading = next(root.iter("h1"), None)
    if heading is None:
        return
    for node in heading.itersiblings():
        if tag_of(node) in ("p", "hr", "pre", "ul"):
            break
        if tag_of(node) == "b":
            fields.setdefault("name", plain(node))
        elif tag_of(node) == "i":
            fields.setdefault("date", plain(node))
        elif tag_of(node) == "a" and str(node.get("href") or "").startswith("mailto:"):
            fields.setdefault("email", plain(node))
            answers = parse_qs(urlsplit(str(node.get("href"))).query).get("In-Reply-To", [""])[0]
            if answers:
                # The link answers this very message.
                fields.setdefault("message-id", unquote(answers).strip("<> "))
    if "from" not in fields and fields.get("name"):
        fields["from"] = f"{fields['name']} <{fields.get('email', '')}>"


def _body(root: Element) -> str | None:
    """The lines of the message between the archive's marks; None where the page has none."""
    from lxml import etree

    lines: list[str] = []
    inside = started = False
    verbatim = 0
    has_breaks = next(root.iter("br"), None) is not None
    skipped: Element | None = None
    walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, node in walk:
        if event == "comment":
            text = str(node.text or "").strip()
            if _STARTS.search(text):
                inside = started = True
            elif _ENDS.search(text):
                inside = False
        elif event == "start":
            if inside and (
                _HEADERS.intersection(classes(node)) or node.get("id") in ("received", "message-id")
            ):
                skipped = node
                walk.skip_subtree()
                continue
            verbatim += _keeps_lines(node, has_breaks)
            if tag_of(node) == "br" and inside:
                lines.append("\n")
            elif tag_of(node) in ("p", "blockquote", "table", "ul") and inside and not verbatim:
                lines.append("\n\n")
            if inside and node.text and tag_of(node) not in ("script", "style"):
                lines.append(node.text if verbatim else node.text.replace("\n", " "))
        elif node is skipped:
            skipped = None
        else:
            verbatim -= _keeps_lines(node, has_breaks)
        if event != "start" and inside and node.tail:
            lines.append(node.tail if verbatim else node.tail.replace("\n", " "))
    if not started:
        return None
    return "\n".join(
        line.strip() if line.strip() != ">" else ">" for line in "".join(lines).split("\n")
    ).strip("\n")


def _keeps_lines(node: Element, has_breaks: bool) -> bool:
    """Whether the line ends within an element are the message's own: ``<pre>``, or W3C's unbroken body."""
    if tag_of(node) == "pre":
        return True
    return node.get("id") == "body" and node.find(".//br") is None


def _above_in_thread(root: Element) -> list[str]:
    """The messages above this one, nearest first, where the page shows the thread as nested lists."""
    here = next((node for node in root.iter("a") if "current" in classes(node)), None)
    above = []
    node = here.getparent() if here is not None else None
    while node is not None:
        link = node.find("a") if tag_of(node) == "li" else None
        if link is not None and link is not here and link.get("data-id"):
            above.append(str(link.get("data-id")))
        node = node.getparent()
    return above


READER = Reader(
    "mail-page", "a message on a page of a mailing list's archive", (".html", ".htm"), sniff, read
)
