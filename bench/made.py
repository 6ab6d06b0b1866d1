"""Files of any size in the formats of exports and dumps, made of meaningless words, for measuring readers."""

# ruff: noqa: E501 - markup stays on its lines

from __future__ import annotations

import json
import random
import zipfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path


def _words(random_: random.Random) -> list[str]:
    syllables = [a + b for a in "bdfgklmnprstv" for b in ("a", "e", "i", "o", "u")]
    return ["".join(random_.choices(syllables, k=random_.randint(1, 4))) for _ in range(20_000)]


class _Prose:
    """Made paragraphs of wrapped lines, always the same ones for a seed."""

    def __init__(self, seed: int = 7) -> None:
        self.random = random.Random(seed)
        self._words = _words(self.random)

    def paragraph(self) -> str:
        words = self.random.choices(self._words, k=self.random.randint(20, 80))
        return " ".join(words).capitalize() + "."

    def wrapped(self, marks: str = "") -> str:
        words, lines = self.paragraph().split(), []
        while words:
            lines.append(marks + " ".join(words[:10]))
            words = words[10:]
        return "\n".join(lines)


def _mailbox(prose: _Prose) -> Iterator[str]:
    for number in count():
        above = f"References: <{number - 1 - number % 5}@example.org>\n" if number % 5 else ""
        quoted = f"Ada Writer wrote:\n\n{prose.wrapped('> ')}\n\n" if above else ""
        yield (
            f"From ada at example.org  Sat Mar  4 10:{number % 60:02d}:00 2017\n"
            f"From: Ada Writer <ada@example.org>\nDate: Sat, 04 Mar 2017 10:{number % 60:02d}:00 +0000\n"
            f"Subject: Re: {prose.paragraph()[:40]}\n"
            f"Message-ID: <{number}@example.org>\n{above}\n{quoted}{prose.wrapped()}\n\n{prose.wrapped()}\n\n"
        )


def _posts_xml(prose: _Prose) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="utf-8"?>\n<posts>\n'
    for number in count(1):
        kind = f'PostTypeId="2" ParentId="{number - number % 4}"' if number % 4 else 'PostTypeId="1"'
        body = f"&lt;p&gt;{prose.paragraph()}&lt;/p&gt;&lt;p&gt;{prose.paragraph()}&lt;/p&gt;"
        yield (
            f'  <row Id="{number}" {kind} CreationDate="2015-03-04T10:00:00.000" Score="{number % 9}" '
            f'Body="{body}" OwnerUserId="{number % 500}" Title="{prose.paragraph()[:40]}" />\n'
        )


def _json_lines(prose: _Prose) -> Iterator[str]:
    for number in count():
        yield (
            json.dumps({"id": str(number), "title": prose.paragraph()[:40], "text": prose.paragraph()}) + "\n"
        )


def _json_array(prose: _Prose) -> Iterator[str]:
    for number in count():
        item = {
            "id": number, "type": "comment", "by": "ada", "time": 1500000000 + number, "parent": number // 3,
            "text": f"{prose.paragraph()}<p>{prose.paragraph()}",
        }  # fmt: skip
        yield ("[\n" if not number else ",\n") + json.dumps(item)


def _export_xml(prose: _Prose) -> Iterator[str]:
    yield (
        '<?xml version="1.0"?>\n<rss version="2.0" xmlns:wp="http://wordpress.org/export/1.2/" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>x</title>\n'
        "<wp:wxr_version>1.2</wp:wxr_version>\n"
    )
    for number in count(1):
        yield (
            f"<item><title>{prose.paragraph()[:40]}</title><wp:post_id>{number}</wp:post_id>"
            "<wp:post_type>post</wp:post_type><wp:status>publish</wp:status>"
            f"<content:encoded><![CDATA[{prose.paragraph()}\n\n{prose.paragraph()}]]></content:encoded></item>\n"
        )


def _dump(prose: _Prose) -> Iterator[str]:
    yield '{"type": "meta", "format": 1, "site": "lesswrong", "generatedAt": "2026-01-01"}\n'
    for number in count():
        own = f"{number:017d}"
        body = f"<p>{prose.paragraph()}</p><blockquote><p>{prose.paragraph()}</p></blockquote>"
        row = {"type": "comment", "_id": own, "postId": f"{number // 50:017d}", "postedAt": "2020-01-01T00:00:00Z",
               "htmlBody": body, "baseScore": 3, "author": "ada"}  # fmt: skip
        yield json.dumps(row) + "\n"


def _disqus(prose: _Prose) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="utf-8"?>\n<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">\n'
    yield '<thread dsq:id="1"><link>https://a.example/x</link><title>x</title></thread>\n'
    for number in count(2):
        yield (
            f'<post dsq:id="{number}"><message><![CDATA[<p>{prose.paragraph()}</p><p>{prose.paragraph()}</p>]]></message>'
            "<createdAt>2015-01-01T00:00:00Z</createdAt><isDeleted>false</isDeleted><isSpam>false</isSpam>"
            '<author><name>Ada</name></author><thread dsq:id="1"/></post>\n'
        )


def _oai(prose: _Prose) -> Iterator[str]:
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
        '<request verb="ListRecords" metadataPrefix="oai_dc">x</request><ListRecords>\n'
    )
    for number in count(1):
        yield (
            f"<record><header><identifier>oai:x.example:{number}</identifier><datestamp>2020-01-01</datestamp></header>"
            '<metadata><oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
            f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{prose.paragraph()[:60]}</dc:title>'
            f"<dc:creator>Writer, Ada</dc:creator><dc:description>{prose.paragraph()} {prose.paragraph()}</dc:description>"
            "<dc:date>2020-01-01</dc:date></oai_dc:dc></metadata></record>\n"
        )


def _atom(prose: _Prose) -> Iterator[str]:
    yield '<?xml version="1.0"?>\n<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title><link href="https://a.example/"/>\n'
    for number in count(1):
        yield (
            f'<entry><title>{prose.paragraph()[:40]}</title><link href="https://a.example/{number}"/><id>t{number}</id>'
            f'<published>2020-01-01T00:00:00Z</published><author><name>Ada</name></author><content type="html">'
            f"&lt;p&gt;{prose.paragraph()}&lt;/p&gt;&lt;p&gt;{prose.paragraph()}&lt;/p&gt;</content></entry>\n"
        )


def _acl(prose: _Prose) -> Iterator[str]:
    yield (
        "<?xml version='1.0' encoding='UTF-8'?>\n<collection id=\"2022.acl\"><volume id=\"long\">"
        "<meta><booktitle>x</booktitle><year>2022</year></meta>\n"
    )
    for number in count(1):
        yield (
            f'<paper id="{number}"><title>{prose.paragraph()[:60]}</title><author><first>Ada</first><last>Writer</last></author>'
            f"<abstract>{prose.paragraph()} {prose.paragraph()}</abstract><url>2022.acl-long.{number}</url></paper>\n"
        )


def _bibtex(prose: _Prose) -> Iterator[str]:
    for number in count():
        yield (
            f"@article{{k{number},\n  title = {{{prose.paragraph()[:60]}}},\n  author = {{Writer, Ada and Other, Bob}},\n"
            f"  year = {{2020}},\n  abstract = {{{prose.paragraph()} {prose.paragraph()}}},\n}}\n\n"
        )


def _ris(prose: _Prose) -> Iterator[str]:
    for number in count():
        yield (
            f"TY  - JOUR\nTI  - {prose.paragraph()[:60]}\nAU  - Writer, Ada\nPY  - 2020\nID  - {number}\n"
            f"AB  - {prose.paragraph()} {prose.paragraph()}\nER  - \n\n"
        )


def _csv(prose: _Prose) -> Iterator[str]:
    yield "_id,title,text,author,postedAt,pageUrl,karma\n"
    for number in count():
        address = f"https://www.lesswrong.com/posts/{number:017d}/x"
        yield (
            f'{number:017d},"{prose.paragraph()[:40]}","{prose.paragraph()}\n\n{prose.paragraph()}",Ada,'
            f"2020-01-01T00:00:00Z,{address},3\n"
        )


def _page(prose: _Prose) -> Iterator[str]:
    yield "<!DOCTYPE html><html><head><title>x</title></head><body><article><h1>x</h1>\n"
    while True:
        yield f"<p>{prose.paragraph()} <em>{prose.paragraph()}</em></p>\n"


def _tree(prose: _Prose) -> Iterator[str]:
    yield '{"id": 1, "type": "story", "author": "ada", "title": "x", "created_at_i": 1500000000, "children": [\n'
    for number in count(2):
        item = {
            "id": number,
            "type": "comment",
            "author": "ada",
            "parent_id": 1,
            "text": prose.paragraph(),
            "children": [],
        }
        yield ("" if number == 2 else ",\n") + json.dumps(item)


MADE: dict[str, tuple[str, Callable[[_Prose], Iterator[str]], str]] = {
    "mailbox": (".mbox", _mailbox, ""),
    "Posts.xml": (".xml", _posts_xml, "</posts>\n"),
    "JSON Lines": (".jsonl", _json_lines, ""),
    "JSON array": (".json", _json_array, "\n]\n"),
    "WordPress export": (".xml", _export_xml, "</channel></rss>\n"),
    "forum dump": (".ndjson", _dump, ""),
    "Disqus export": (".xml", _disqus, "</disqus>\n"),
    "OAI-PMH": (".xml", _oai, "</ListRecords></OAI-PMH>\n"),
    "Atom": (".xml", _atom, "</feed>\n"),
    "ACL XML": (".xml", _acl, "</volume></collection>\n"),
    "BibTeX": (".bib", _bibtex, ""),
    "RIS": (".ris", _ris, ""),
    "CSV": (".csv", _csv, ""),
    "EPUB": (".epub", _page, "</article></body></html>"),
    "HTML page": (".html", _page, "</article></body></html>\n"),
    "JSON object": (".json", _tree, "]}\n"),
}
"""Kinds of files: suffix, how their pieces are made, how they end."""


def make(path: Path, kind: str, megabytes: int) -> None:
    """Write a file of a kind, of about so many megabytes."""
    suffix, pieces, end = MADE[kind]
    left = megabytes << 20
    if suffix == ".epub":
        _book(path, megabytes)
        return
    with path.open("w", encoding="utf-8") as file:
        for piece in pieces(_Prose()):
            file.write(piece)
            left -= len(piece)
            if left <= 0:
                break
        file.write(end)


def _book(path: Path, megabytes: int) -> None:
    """An e-book with a chapter for each hundred kilobytes."""
    prose = _Prose()
    names = [f"c{number}.xhtml" for number in range(megabytes * 10)]
    items = "".join(f'<item id="{n}" href="{n}" media-type="application/xhtml+xml"/>' for n in names)
    spine = "".join(f'<itemref idref="{n}"/>' for n in names)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("mimetype", "application/epub+zip")
        book.writestr(
            "p.opf",
            '<package xmlns="http://www.idpf.org/2007/opf"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<dc:title>x</dc:title></metadata><manifest>{items}</manifest><spine>{spine}</spine></package>",
        )
        for name in names:
            text, size = [f"<html><body><h1>{name}</h1>"], 0
            while size < 100_000:
                text.append(f"<p>{prose.paragraph()}</p>")
                size += len(text[-1])
            book.writestr(name, "".join(text) + "</body></html>")
