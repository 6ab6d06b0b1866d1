"""What stands in a message in no one's voice: signatures, list footers, disclaimers, forwarded headers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from essaysearch.voices.intros import person

LIST_FOOTER = "list footer"
MAILERS_LINE = "mail program's line"
DISCLAIMER = "disclaimer"

OPENERS = (
    "--", "__", "==", "~~", "**", "-.", "_.", "- -", "[[", "[Non", "From:", "*From:", "Von:", "*Von:", "De:",
    "De :", "*De", "Da:", "Van:", "Från:", "Fra:", "Lähettäjä:", "Od:", "От:", "发件人", "差出人",
    "Begin forwarded",
    "Start of forwarded", "Anfang der weiter", "Début du message", "Sent from", "Sent via", "Get Outlook",
    "Von meinem", "Gesendet von", "Envoyé", "Enviado desde", "Inviato da", "Verzonden vanaf", "Skickat från",
    "To unsubscribe", "You received this", "To post to this", "For more options", "To view this discussion",
    "View this message", "Unsubscribe", "Date:", "Datum:", "Sent:", "Newsgroups:", "Path:", "Subject:",
    "Betreff:",
)  # fmt: skip
_OPENING_PAIRS = frozenset(opener[:2] for opener in OPENERS) | {"\t[", " [", "\t_", " _"}

_SEPARATOR = re.compile(
    r"[-_=*> ]{0,40}\s*(?:begin\s+|start of\s+|anfang der\s+|début du\s+)?"
    r"(?:original message|forwarded message|forwarded by.*|original appointment|message from.*|reply message"
    r"|ursprüngliche nachricht|original-?nachricht|weitergeleitete(?:n)? nachricht|message d'origine"
    r"|message original"
    r"|message transféré|message réexpédié|mensaje original|mensaje reenviado|messaggio originale"
    r"|messaggio inoltrato|mensagem original|mensagem encaminhada|oorspronkelijk bericht|doorgestuurd bericht"
    r"|originalmeddelande|vidarebefordrat meddelande|oprindelig meddelelse|исходное сообщение|原始邮件"
    r"|元のメッセージ)"
    r"\s*:?\s*[-_=* ]{0,40}(?:follows?[-_=* ]*)?",
    re.IGNORECASE,
)
_MESSAGE = (
    "messag", "nachricht", "mensaj", "mensag", "bericht", "meddel", "appointment", "forwarded",
    "сообщен", "邮件", "メッセージ",
)  # fmt: skip
_END_OF_FORWARD = re.compile(
    r"[-=]{2,}\s*(?:end(?: of)? (?:forwarded|original|included) message|ende der weitergeleiteten nachricht)"
    r"\s*[-=]*",
    re.IGNORECASE,
)
_LIST_NAME = re.compile(r"\S+(?:@| at )\S+ mailing list")
_RULE = re.compile(r"[_=*~.-]{5,}(?:[ _=*~.-]*)|(?:[-_]\.){5,}[-_]?|-{3,4}|_{3,4}|={3,4}|\*{3,4}|~{3,4}")
_FROM = re.compile(
    r"\*?(?:From|Von|De|Da|Van|Från|Fra|Lähettäjä|Od|От|发件人|差出人)\s?[:：]\*?\s*(?P<who>.+)",
    re.IGNORECASE,
)
_HEADER = re.compile(
    r"\*?(?:From|Sent|To|Cc|Bcc|Date|Subject|Reply-To|Organi[sz]ation|Newsgroups|Message-ID|References|Lines|Path"
    r"|Distribution|Importance|Attachments?|Von|Gesendet(?: am)?|An|Betreff|Datum|Kopie|De|Envoyé(?: le)?|À|A"
    r"|Objet|Pour|Répondre à|Enviado(?: el)?|Para|Asunto|Fecha|Da|Inviato|Oggetto|Data|Enviada em|Assunto|Van"
    r"|Verzonden|Aan|Onderwerp|Från|Skickat|Till|Ämne|Fra|Sendt|Til|Emne|Lähettäjä|Lähetetty|Vastaanottaja|Aihe|Od|Wysłano"
    r"|Do|Temat|От|Дата|Кому|Тема|Отправлено|发件人|发送时间|收件人|主题|抄送|差出人|送信日時|宛先|件名)"
    r"\s?[:：]\*?(?:\s|$)",
    re.IGNORECASE,
)
_LIST_FOOTER = (
    "mailing list", "listinfo", "unsubscribe", "abmelden", "désabonn", "subscription", "google groups",
    "yahoo! groups", "list archive", "majordomo", "listserv",
)  # fmt: skip
_FOOTER_PARAGRAPH = re.compile(
    r"\[\[?\s*(?:alternative HTML version deleted|Non-text portions of this message have been removed)"
    r"|To unsubscribe\b|You received this message because you are subscribed|To post to this group"
    r"|To (?:view|unsubscribe from) this (?:discussion|group|topic|list)|For more options, visit"
    r"|View this message in context|Unsubscribe\s*:|-{3,}\s*To unsubscribe",
    re.IGNORECASE,
)
_MAILERS_LINE = re.compile(
    r"(?:Sent from my|Sent via|Sent from (?:Mail|Yahoo|Outlook|Samsung|Proton|a mobile)|Get Outlook for"
    r"|Von meinem .{1,40} gesendet|Gesendet von|Envoyé (?:de mon|depuis)|Enviado desde|Inviato da"
    r"|Verzonden vanaf|Skickat från)\b",
    re.IGNORECASE,
)
_DISCLAIMER = re.compile(
    r"[\s*_\"'(\[]*(?:(?:legal\s+)?disclaimer\b|confidentiality\s+(?:notice|note|statement)\b"
    r"|(?:this|the information (?:contained|transmitted)? ?in this|the contents? of this)\s+"
    r"(?:e-?mail|message|communication|electronic mail|transmission|correspondence)\b"
    r"(?=.{0,160}(?:confidential|recipient|do(?:es)? not (?:necessarily )?reflect))"
    r"|(?:the )?(?:views|opinions) (?:and opinions )?expressed (?:here|herein|in this (?:e-?mail|message))"
    r"|(?:notice|important)\s*:\s.{0,40}(?:e-?mail|message)\b.{0,160}(?:confidential|recipient)"
    r"|if you (?:are not|have received) (?:the intended|this (?:e-?mail|message)).{0,80}recipient"
    r"|please consider the environment before printing"
    r"|diese (?:e-?mail|nachricht).{0,80}vertraulich"
    r"|ce (?:message|courriel|courrier).{0,120}(?:confidentiel|destinataire)"
    r"|este (?:mensaje|correo|e-?mail).{0,120}(?:confidencial|destinatari))",
    re.IGNORECASE | re.DOTALL,
)
# How a disclaimer may begin, to spare most paragraphs the whole pattern.
DISCLAIMING = (
    r"legal\s", "disclaimer", "confidentiality", r"this\s+(?:e|m|c|t)", r"notice\s*:", r"important\s*:",
    r"the (?:information|contents?|views|opinions)\b", "(?:views|opinions) ", "if you ", "please consider",
    "diese ", "ce ", "este ",
)  # fmt: skip
_OPENS_LOW = frozenset(
    ("dis", "leg", "con", "thi", "the", "vie", "opi", "not", "imp", "if ", "ple", "die", "ce ", "est")
)
_ODD_SIGNS = frozenset("*_\"'[(-=~ \t")
_OPENS_SO = re.compile(rf"[\s*_\"'(\[]*(?:{'|'.join(DISCLAIMING)})", re.IGNORECASE)
_LONGEST_CONTACT = 200
_LONGEST_FIELD = 24
_CONTACT_SIGNS = ("@", " at ", "http", "www.", "hone", "Tel", "tel", "Fax", "fax", "FAX", "TEL")
_PGP = re.compile(r"(?:- )?-----(BEGIN|END) PGP (\w+)")
_CONTACT = re.compile(
    r"\b(?:tel|phone|fax|ph|mobile|cell|tél|telefon|voice|mailto|e-?mail|www|http|skype|url|icq)\b\.?\s*[:(+.\d]"
    r"|\+?\(?\d{2,4}\)?[ ./-]\d{3,4}[ ./-]\d{3,4}|(?<!\S)\S+(?:@| at )\S+\.\w{2,}"
    r"|\b(?:P\.?\s?O\.?\s?Box|Postfach)\b|https?://",
    re.IGNORECASE,
)


# What every such way has in it: a look for that costs a fiftieth.
_MAY_REACH = re.compile(r"[@\d:(+.]| [aA][tT] |[bB][oO][xX]|[fF][aA][cC][hH]")


class Header(NamedTuple):
    """A block of ``lines`` header lines (with what stands between) that names who wrote what follows.

    ``whole``: it names sender and at least one more field; otherwise it is a separator alone.
    """

    lines: int
    speaker: str | None
    whole: bool


class Opening(NamedTuple):
    """What may begin at a line.

    A forwarded header, furniture of so many lines, a signature of at most so many (0: none).
    ``rule``: the line is a rule, so that the signature below it must name a way to reach somebody.
    ``pgp`` is ``SIGNED``, ``SIGNATURE``, ``PUBLIC`` … or ``END`` at a mark of PGP.
    """

    header: Header | None
    furniture: tuple[int, str] | None
    signature: int
    rule: bool
    pgp: str
    ends_forward: bool

    @property
    def ends_signature(self) -> bool:
        """Whether a signature above the line is over here."""
        return self.header is not None or (self.rule and self.furniture is not None)


_SIGNATURE = Opening(None, None, 30, False, "", False)


def openers_in(lines: Sequence[str]) -> list[int]:
    """The numbers of the lines that open as furniture does."""
    pairs = [line[:2] for line in lines]
    if _OPENING_PAIRS.isdisjoint(pairs):
        return []
    return [
        i for i, pair in enumerate(pairs) if pair in _OPENING_PAIRS and lines[i].lstrip().startswith(OPENERS)
    ]


def _speaks_of_a_message(line: str) -> bool:
    """Whether a line holds a word that every separator holds, in one of its languages."""
    low = line.lower()
    return len(line) < 200 and any(word in low for word in _MESSAGE)


def _header_at(lines: Sequence[str], at: int) -> Header | None:
    """The forwarded header that begins at a line: a separator, header lines, or both.

    A lone ``From:`` line counts only with a ``[mailto:…]`` in it.
    """
    end = at
    first = lines[at].strip()
    if first == "--" or first[:1] == "[":
        return None
    ruled = _is_rule(first)
    separated = not ruled and _speaks_of_a_message(first) and bool(_SEPARATOR.fullmatch(first))
    if separated or ruled:
        end = at + 1
        if ruled and not (end < len(lines) and _is_field(lines[end].strip())):
            return None
    names, speaker, last = 0, None, end
    while end < len(lines) and end - last < 3 and end - at < 40:
        line = lines[end].strip()
        if _is_field(line):
            names, last = names + 1, end + 1
            if speaker is None and (match := _FROM.match(line)):
                wrapped = lines[end + 1].strip() if end + 1 < len(lines) else ""
                who = match["who"] + (f" {wrapped}" if wrapped and not _is_field(wrapped) else "")
                speaker = person(match["who"]) or person(who)
        elif not names:
            break
        end += 1
    if names >= 2 and speaker is not None:
        return Header(last - at, speaker, True)
    if separated:
        return Header(max(last, at + 1) - at, speaker, False)
    if names == 1 and not ruled and speaker is not None and "[mailto:" in lines[at]:
        return Header(1, speaker, True)
    return None


def _is_field(line: str) -> bool:
    """Whether a line is one of a header: a field's name, in one of its languages, and a colon."""
    start = line[:_LONGEST_FIELD]
    return (":" in start or "：" in start) and _HEADER.match(line) is not None


def _is_rule(line: str) -> bool:
    """Whether a line is a rule drawn with signs."""
    return line[:1] in "-_=*~." and line[1:2] in "-_=*~ ." and bool(_RULE.fullmatch(line))


def _furniture_at(lines: Sequence[str], at: int) -> tuple[int, str] | None:
    """Furniture that stands in one paragraph from a line on, as (how many lines, what it is)."""
    line = lines[at].strip()
    if _is_rule(line):
        footer = _list_footer(lines, at)
        return (footer, LIST_FOOTER) if footer else None
    if _FOOTER_PARAGRAPH.match(line):
        return len(lines) - at, LIST_FOOTER
    if _MAILERS_LINE.match(line) and len(line) < 120:
        return 1, MAILERS_LINE
    return None


def paragraph_furniture(lines: Sequence[str]) -> str:
    """What furniture a whole paragraph is by itself; empty where it is none."""
    return furniture_of("\n".join(lines), lines, bool(openers_in(lines[:1])))


def furniture_of(text: str, lines: Sequence[str], opens: bool) -> str:
    """As `paragraph_furniture`, of a paragraph whose lines and whether the first opens so are known."""
    if opens:
        first = lines[0].strip()
        if first != "--" and not _header_at(lines, 0):
            found = _furniture_at(lines, 0)
            if found and found[0] == len(lines):
                return found[1]
    if (
        len(lines) <= 4
        and lines[0].rstrip().endswith(" mailing list")
        and _LIST_NAME.fullmatch(lines[0].strip())
    ):
        return LIST_FOOTER
    if (text[:3].lower() in _OPENS_LOW or text[0] in _ODD_SIGNS) and _OPENS_SO.match(text):
        return DISCLAIMER if _DISCLAIMER.match("\n".join(lines[:6])) else ""
    return ""


def opening_at(lines: Sequence[str], at: int) -> Opening | None:
    """What may begin at a line that `openers_in` gives; None where nothing does."""
    line = lines[at].strip()
    if line == "--":
        return _SIGNATURE
    rule = _is_rule(line)
    header = _header_at(lines, at)
    pgp = _PGP.match(line) if "PGP" in line else None
    opening = Opening(
        header=header,
        furniture=None if header else _furniture_at(lines, at),
        signature=12 if rule and not header else 0,
        rule=rule,
        pgp="" if not pgp else "END" if pgp[1] == "END" else pgp[2],
        ends_forward=line[:1] in "-=" and bool(_END_OF_FORWARD.fullmatch(line)),
    )
    return opening if any(opening) else None


@lru_cache(maxsize=2048)
def names_a_way(line: str) -> bool:
    """Whether a line holds a way to reach somebody: an address, a number, a page."""
    line = line[:_LONGEST_CONTACT]
    return bool(_MAY_REACH.search(line) and _CONTACT.search(line))


def is_contact(lines: Sequence[str]) -> bool:
    """Whether a last paragraph reads as an address block: short lines, at least two ways to reach someone."""
    if not 3 <= len(lines) <= 15 or max(map(len, lines)) > 75:
        return False
    if sum([len(line) > 60 and "   " not in line for line in lines]) * 2 > len(lines):
        return False
    joined = "\n".join(lines)
    if not any(sign in joined for sign in _CONTACT_SIGNS):
        return False
    if sum([line.endswith((".", "?", "!", ",", ";", ":")) for line in lines]) * 3 > len(lines):
        return False
    found = [found.group() for line in lines if _MAY_REACH.search(line) and (found := _CONTACT.search(line))]
    pages = sum([way.lower().startswith("http") for way in found])
    return len(found) >= 2 and len(found) > pages and len(found) * 4 >= len(lines)


def _list_footer(lines: Sequence[str], at: int) -> int:
    """How many lines the footer of a mailing list has that begins with a rule; 0 where it is none."""
    end = at + 1
    while end < len(lines) and end - at < 9:
        line = lines[end].strip()
        end += 1
        if end > at + 2 and line[:2] in _OPENING_PAIRS and _is_rule(line):
            break
        if len(line) > 160:
            return 0
    low = "\n".join(lines[at + 1 : end]).lower()
    return end - at if any(word in low for word in _LIST_FOOTER) else 0
