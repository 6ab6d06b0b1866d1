"""What stands in a message in no one's voice: signatures, list footers, disclaimers, forwarded headers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from essaysearch.quote_intros import person

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
"""How a line begins that may be furniture."""

OPENING_PAIRS = frozenset(opener[:2] for opener in OPENERS) | {"\t[", " [", "\t_", " _"}
"""The first two characters of `OPENERS`: the cheap test before the dear ones."""

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
_END_OF_FORWARD = re.compile(
    r"[-=]{2,}\s*(?:end(?: of)? (?:forwarded|original|included) message|ende der weitergeleiteten nachricht)"
    r"\s*[-=]*",
    re.IGNORECASE,
)
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
_DISCLAIMERS_OPEN = frozenset(
    ("dis", "leg", "con", "thi", "the", "vie", "opi", "not", "imp", "if ", "ple", "die", "ce ", "est")
)
_CONTACT = re.compile(
    r"\b(?:tel|phone|fax|ph|mobile|cell|tél|telefon|voice|mailto|e-?mail|www|http|skype|url|icq)\b\.?\s*[:(+.\d]"
    r"|\+?\(?\d{2,4}\)?[ ./-]\d{3,4}[ ./-]\d{3,4}|\S+(?:@| at )\S+\.\w{2,}|\b(?:P\.?\s?O\.?\s?Box|Postfach)\b"
    r"|https?://",
    re.IGNORECASE,
)
_CONTACT_SIGNS = ("@", " at ", "http", "www.", "hone", "Tel", "tel", "Fax", "fax", "FAX", "TEL")
_LONGEST_SIGNATURE = 30
_LONGEST_LOOSE_SIGNATURE = 12


class Header(NamedTuple):
    """A block of ``lines`` header lines (and what stands between) that names who wrote what follows."""

    lines: int
    speaker: str | None


def forwarded_header_at(texts: Sequence[str], depth: Sequence[int], at: int) -> Header | None:
    """The header block that begins at a line: a separator, header lines, or both; None where there is none.

    A lone ``From:`` line counts only with a ``[mailto:…]`` in it.
    """
    end = at
    first = texts[at].strip()
    if first == "--" or first[:1] == "[":
        return None
    ruled = first[0] in "-_=*~." and first[1] in "-_=*~ ." and bool(_RULE.fullmatch(first))
    separated = not ruled and len(first) < 200 and bool(_SEPARATOR.fullmatch(first))
    if separated or ruled:
        end = at + 1
        while end < len(texts) and not texts[end] and end - at < (5 if separated else 2):
            end += 1
        if ruled and not (end < len(texts) and _HEADER.match(texts[end].strip())):
            return None
    names, speaker, last = 0, None, end
    while end < len(texts) and texts[end] and depth[end] == depth[at] and end - last < 3 and end - at < 40:
        line = texts[end].strip()
        if _HEADER.match(line):
            names, last = names + 1, end + 1
            if speaker is None and (match := _FROM.match(line)):
                wrapped = texts[end + 1].strip() if end + 1 < len(texts) else ""
                who = match["who"] + (f" {wrapped}" if wrapped and not _HEADER.match(wrapped) else "")
                speaker = person(match["who"]) or person(who)
        elif not names:
            break
        end += 1
    if names >= 2 and speaker is not None:
        return Header(last - at, speaker)
    if separated:
        return Header(max(last, at + 1) - at, speaker)
    if names == 1 and not ruled and speaker is not None and "[mailto:" in texts[at]:
        return Header(1, speaker)
    return None


def ends_forward(line: str) -> bool:
    """Whether a line says that the forwarded message is over."""
    return bool(_END_OF_FORWARD.fullmatch(line.strip()))


def furniture_at(texts: Sequence[str], depth: Sequence[int], at: int) -> tuple[int, str] | None:
    """Furniture that begins at a line, as (how many lines, what it is); None where there is none.

    The line opens one of `OPENERS`. A signature runs to the end of its level of quotation and
    counts only where that is near.
    """
    line = texts[at].strip()
    if line == "--":
        return _signature(texts, depth, at, _LONGEST_SIGNATURE)
    if _RULE.fullmatch(line):
        if footer := _list_footer(texts, depth, at):
            return footer, "list footer"
        loose = _signature(texts, depth, at, _LONGEST_LOOSE_SIGNATURE)
        if loose and sum(bool(_CONTACT.search(text)) for text in texts[at : at + loose[0]]) >= 1:
            return loose
        return None
    if _FOOTER_PARAGRAPH.match(line):
        return _paragraph(texts, depth, at), "list footer"
    if _MAILERS_LINE.match(line) and len(line) < 120:
        return 1, "mail program's line"
    if pgp := re.match(r"(?:- )?-----(BEGIN|END) PGP (\w+)", line):
        return _pgp(texts, depth, at, pgp[1], pgp[2]), "cryptographic signature"
    return None


def is_disclaimer(paragraph: str) -> bool:
    """Whether a paragraph of which `may_disclaim` holds is the boilerplate that offices append to mail."""
    return bool(_DISCLAIMER.match(paragraph))


def may_disclaim(line: str) -> bool:
    """Whether a disclaimer may begin with a line: the cheap test before the dear one."""
    return line[:3].lower() in _DISCLAIMERS_OPEN or line[0] in "*_\"'[("


def is_list_line(lines: Sequence[str]) -> bool:
    """Whether a paragraph of one to four lines is the foot of a mailing list, its rule lost."""
    if not 1 <= len(lines) <= 4:
        return False
    first = lines[0].strip()
    if not first.endswith(" mailing list"):
        return False
    named = bool(re.fullmatch(r"\S+(?:@| at )\S+ mailing list", first))
    return named and all(len(line) < 100 for line in lines)


def is_contact(lines: Sequence[str]) -> bool:
    """Whether a last paragraph reads as an address block: short lines, at least two ways to reach someone."""
    if not 3 <= len(lines) <= 15 or max(map(len, lines)) > 75:
        return False
    sentences = sum([line.endswith((".", "?", "!", ",", ";", ":")) for line in lines])
    joined = "\n".join(lines)
    if sentences * 3 > len(lines) or not any(sign in joined for sign in _CONTACT_SIGNS):
        return False
    contacts = sum([_CONTACT.search(line) is not None for line in lines])
    return contacts >= 2 and contacts * 4 >= len(lines)


def _signature(texts: Sequence[str], depth: Sequence[int], at: int, longest: int) -> tuple[int, str] | None:
    end, filled = at + 1, 0
    while end < len(texts) and (depth[end] == depth[at] or not texts[end]):
        line = texts[end]
        if line[:2] in OPENING_PAIRS and end > at + 1 and line.startswith(OPENERS):
            if forwarded_header_at(texts, depth, end):
                break
            if _RULE.fullmatch(line.strip()) and _list_footer(texts, depth, end):
                break
        if line.endswith(("wrote:", "writes:", "schrieb:", "écrit :")):
            break
        filled += bool(line)
        if filled > longest:
            return None
        end += 1
    while end > at + 1 and not texts[end - 1]:
        end -= 1
    if filled == 0 and end - at > 1:
        return None
    return end - at, "signature"


def _list_footer(texts: Sequence[str], depth: Sequence[int], at: int) -> int:
    """How many lines the footer of a mailing list has that begins with a rule; 0 where it is none."""
    end = at + 1
    while end < len(texts) and end - at < 9 and depth[end] == depth[at] and texts[end]:
        line = texts[end].strip()
        end += 1
        if end > at + 2 and line[:2] in OPENING_PAIRS and _RULE.fullmatch(line):
            break
        if len(line) > 160:
            return 0
    low = "\n".join(texts[at + 1 : end]).lower()
    return end - at if any(word in low for word in _LIST_FOOTER) else 0


def _paragraph(texts: Sequence[str], depth: Sequence[int], at: int) -> int:
    end = at
    while end < len(texts) and texts[end] and depth[end] == depth[at]:
        end += 1
    return end - at


def _pgp(texts: Sequence[str], depth: Sequence[int], at: int, side: str, what: str) -> int:
    """The lines of a signature or key block; of a signed message only its head."""
    if side == "END":
        return 1
    if what == "SIGNED":
        return _paragraph(texts, depth, at)
    for end in range(at, min(at + 400, len(texts))):
        if "-----END PGP" in texts[end]:
            return end - at + 1
    return 1
