"""Who is quoted: the lines with which writers and mail programs introduce what somebody else said.

Two layouts cover nearly all mail: a sentence ("On 3 May, Ada wrote:", "Ada schrieb am 3. Mai:")
and a block of header lines (From, Sent, To, Subject). Languages are rows of the tables below.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

_VERBS = {
    "en": r"wrote|writes|write|said|says|say|asked|asks|replied|responded|answered|scribbled|opined|noted"
    r"|commented|posted|spake|spoke|sent|mentioned|suggested|stated|remarked|typed|quoth|uttered|claims?",
    "de": r"schrieb|schreibt|geschrieben|meinte|meint|sagte|sagt|antwortete|fragte|fragt|tippte",
    "fr": r"a écrit|a ecrit|écrivait|ecrivait|écrit|ecrit|écrivit|a dit|disait|a répondu|répondait",
    "es": r"escribió|escribio|escribía|ha escrito|dijo",
    "it": r"ha scritto|scrisse|scriveva|scrive|ha detto",
    "pt": r"escreveu|disse",
    "nl": r"schreef|heeft geschreven|schrijft|zei",
    "sv, da, no": r"skrev|skriver|skreiv",
    "fi": r"kirjoitti|kirjoittaa",
    "pl": r"napisa\?\(a\)|napisał\(a\)|napisał|napisała|pisze",
    "cs": r"napsal\(a\)|napsal|napsala",
    "hu": r"írta|ezt írta",
    "ru": r"написал\(а\)|написал|написала|писал|пишет",
    "tr": r"yazdı",
}
_VERB = re.compile(
    rf"(?<!\w)(?:{'|'.join(_VERBS.values())})(?!\w)|写道|寫道|さんは書きました|のメール|님이 작성",
    re.IGNORECASE,
)

_VERB_ENDS = frozenset(
    verb.replace("\\", "").split()[-1].rstrip("?") for row in _VERBS.values() for verb in row.split("|")
) | {"claim"}
_ENGLISH_ENDS = frozenset(_VERBS["en"].replace("?", "").split("|"))
_CJK = re.compile("写道|寫道|書きました|のメール|작성")
_SURE = re.compile(r"@\S|\w at \w+\.\w|\d{1,2}[:.h]\d{2}|<\S+>")
_CLOCKED = re.compile(r"\d:\d\d")
_DIGIT = re.compile(r"\d")
_STARRED = re.compile(r"\* .*>\s*\[\d[\d :/.-]*\]")

_WEEKDAYS = (
    "mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday"
    "|mo|di|mi|do|fr|sa|so|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag"
    "|lun|mar|mer|jeu|ven|sam|dim|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
    "|mié|jue|vie|sáb|dom|lunes|martes|miércoles|jueves|viernes|sábado|domingo|segunda|terça|quarta|quinta"
    "|sexta|lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica|ma|woe?|don|vr|za|zo|maandag|dinsdag"
    "|woensdag|donderdag|vrijdag|zaterdag|zondag|tors|tis|ons|lör|sön|man|tir|lør|søn|mån"
    "|seg|ter|qua|qui|sex|sáb|pon|wt|śr|czw|pt|sob|niedz|nd|po|út|čt|pá|ne|ti|ke|pe|su|пн|вт|ср|чт|пт|сб|вс"
)
_MONTHS = (
    "jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec|january|february|march|april|june|july|august"
    "|september|october|november|december|januar|jänner|februar|märz|mrz|mär|mai|juni|juli|oktober|okt|dezember"
    "|dez|janvier|janv|février|févr|fév|mars|avril|avr|juin|juillet|juil|août|septembre|octobre|novembre"
    "|décembre|déc|enero|ene|febrero|marzo|abril|abr|mayo|junio|julio|agosto|ago|septiembre|octubre|noviembre"
    "|diciembre|dic|gen|mag|giu|lug|ott|janeiro|fevereiro|março|maio|maggio|giugno|luglio|settembre|ottobre|dicembre|gennaio"
    "|febbraio|aprile|januari|februari|maart|mei|augustus|maj|setembro|outubro|dezembro|novembro"
    "|fev|set|out|sty|stycznia|lut|lutego|marca|kwi|kwietnia|maja|cze|czerwca|lip|lipca|sie|sierpnia"
    "|tammik|helmik|maalisk|huhtik|toukok|kesäk|heinäk|elok|syysk|lokak|marrask|jouluk"
    "|wrz|września|paź|października|lis|listopada|gru|grudnia|янв|января|февр?|февраля|мар|марта|апр|апреля"
    "|мая|июня|июля|авг|августа|сент?|сентября|окт|октября|нояб?|ноября|дек|декабря"
)
_CLOCK = (
    r"\d{1,2}[:.h]\d{2}(?:[:.]\d{2})?\s*(?:[ap]\.?\s?m\b\.?)?\s*(?:Uhr\b)?\s*"
    r"(?:\(?(?:UTC|GMT)?[+-]\d{1,2}:?\d{0,2}\)?|(?-i:\(?[A-Z]{2,5}\)?)(?=[\s,:]|$))?\s*(?-i:\([A-Z]{2,5}\))?"
)
_FILLERS = (
    "on|at|am|vom|le|el|il|op|em|den|dne|dnia|w dniu|il giorno|el día|no dia|um|om|à|alle|alle ore|ore|às"
    r"|\?s|o|v|в|a las|kl\.?|klo|the|of|de|del|van|dated?|-|–"
)
_PIECES = (
    rf"\d{{1,2}}(?:st|nd|rd|th|er|º|\.)?\s+(?:de\s+|of\s+)?(?:{_MONTHS})\b\.?(?:\s+(?:de\s+|del\s+)?\d{{2,4}})?(?:\s+г\.)?",
    rf"(?:{_MONTHS})\.?\s+\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s+\d{{4}})?",
    _CLOCK,
    r"\d{1,4}(?:[./-]\d{1,4}){1,2}\.?",
    r"\d{4}年\d{1,2}月\d{1,2}日(?:\s*\([^()]{1,3}\))?",
    r"\d{4}년\s\d{1,2}월\s\d{1,2}일(?:\s*\([^()]{1,3}\))?(?:\s오[전후])?",
    r"\d{1,2}\.\s\d{1,2}\.\s\d{4}\b",
    r"\(?(?:GMT|UTC)?[+-]\d{4}\)?",
    r"\d{4}\b",
    rf"(?:\b(?:on|am|le|el|op|den)\s+|^)(?:{_WEEKDAYS})(?=,)",
    r"(?:Africa|America|Asia|Atlantic|Australia|Europe|Pacific)/\w+",
)
# The date with which an introduction may open: every piece of it holds a digit or stands beside one.
_DATE = re.compile(
    rf"(?:(?:(?:{_FILLERS})\s+)*"
    rf"(?:(?:{_WEEKDAYS})\.?,?\s+(?:(?:den|the|le|el)\s+)?(?=\d|(?:{_MONTHS})\.?\s+\d))?"
    rf"(?:{'|'.join(_PIECES)})(?:[\s,;，、]+|$|(?=[<(])))+",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"(?:\*+\s*|\"?(?:thus\s+)?(?:spake|spoke|wrote|quoth)\s+"
    r"|(?:in|dans|no)\s+(?:article|message|mail|e-mail|the message|l'article|artikel)\s+"
    r"(?:<[^>]*>|\S+@\S+|[^\s,]+),?\s*"
    r"|in\s+(?:<[^>]*>|\S+@\S+),?\s*|<[^>\s]*@[^>]*>,\s*"
    r"|(?:quoting|zitat von|citation de|citando|selon)\s+"
    r"|(?:on|at|am|le|el|il|op|em|den|dne|den|il giorno|el día|пользователь|odesílatel)\s+(?=\S))+",
    re.IGNORECASE,
)
_QUOTING = re.compile(
    r"\s*(?:quoting|zitat von|citation de|citando|thus (?:spake|spoke|wrote))\s+\S", re.IGNORECASE
)
_MAILTO = re.compile(r"\s*(?:<mailto:[^>]*>|\[mailto:[^\]]*\]|\(mailto:[^)]*\))")
_ADDRESS = re.compile(r"[\w.+%=/-]+(?:@| at )[\w-]+(?:\.[\w-]+)*")
_BRACKETED = re.compile(r"\s*<[^<>]*>?|\s*\[[^\]]*@[^\]]*\]")
_SUFFIX = re.compile(r"(?:Ph\.?\s?D|M\.?D|Jr|Sr|I{2,3}|Esq)\.?")
_BEHALF = re.compile(r"\s(?:on behalf of|im Auftrag von|de la part de|namens)\s+(?=\S)", re.IGNORECASE)
_PHONE = re.compile(r"(?:\+\d{1,3}[ ./-]?)?\(?\d{2,4}\)?[ ./-]\d{3,4}[ ./-]\d{3,4}")
_PARENTHESIS = re.compile(r"\([^()]*\)?")
_VIA = re.compile(r"\s+(?:via|through|par)\s.*$", re.IGNORECASE)
_IN_PARENTHESES = re.compile(r"\(([^()]*)\)")
_AFTER_VERB = re.compile(
    r"(?:(?:the\s+)*following\b.*|in\s+(?:message|article|news|<).*|on\s.*|am\s.*|vom\s.*|le\s.*|op\s.*"
    r"|via\s.*|about\s.*|at\s.*|to\s.*|by\s.*|that|thusly|back|folgendes|\(időpont:.*|[\s.…:]*)$",
    re.IGNORECASE,
)
# The date behind the name, as in Chinese and Turkish.
_DATE_BEHIND = re.compile(
    r"(?<=[>\w])(?:\s*于\s*\d{4}年.*|,\s+\d{1,2}\s\w+\s\d{4}\s\w+,\s\d\d:\d\d\starihinde(?:\sşunu)?)$"
)
# The commonest introductions of English mail, read at one look; what follows is names of these signs alone.
_DAY = r"(?:Mon|Tues?|Wed|Thu(?:rs)?|Fri|Sat|Sun|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)"
_MONTH = (
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|January|February|March|April|June|July|August|September"
    r"|October|November|December)"
)
_USUAL = re.compile(
    rf"(?:On (?:{_DAY},? )?(?:\d{{1,2}} {_MONTH}|{_MONTH} \d{{1,2}},) \d{{4}}"
    r"(?:,? (?:at )?\d{1,2}:\d\d(?::\d\d)?(?: [AP]M)?(?: [+-]\d{4})?)?,? "
    r"|On \d{1,2}/\d{1,2}/\d{2,4}(?: \d{1,2}:\d\d(?: [AP]M)?)?, )?"
    r"(?:(?P<name>[A-Z][a-z]+(?: [A-Z]\.?)?(?: [A-Z][a-z]+){1,2})"
    r"(?: <(?:[A-Za-z][\w.+-]*(?:@| at )[A-Za-z][\w-]*(?:\.[\w-]+)+)>)?"
    r"|<?(?P<address>[A-Za-z][\w.+-]*(?:@| at )[A-Za-z][\w-]*(?:\.[\w-]+)+)>?)"
    r" (?:wrote|writes):",
    re.ASCII,
)
_PRONOUNS = frozenset("you i he she they we it du sie vous tu usted ich je someone somebody".split())
_NO_NAME = frozenset(
    """the this that these those my your his her its our their as and but or so if when what which who there
    here then for from in on at to of a an is are was were be not no yes it i also well now just some one
    der die das le la les un une el los""".split()
)
# Words with which a name may not be taken at one look.
_READ_CLOSELY = _NO_NAME | frozenset(
    """thus spake spoke wrote quoth quoting zitat citation citando selon dans am il op em den dne via through
    par im namens behalf von auftrag om vom dnia w um alle ore klo of van date dated""".split()
)
_PARTICLES = frozenset("de der den van von la le du di da del dos af ter ten zu bin ibn al el".split())


class Intro(NamedTuple):
    """An introduction of ``lines`` lines; ``speaker`` is None where it names nobody ("you wrote:").

    ``sure``: it names a date, an address or a message, so it introduces a quotation even where
    none is marked below it.
    """

    lines: int
    speaker: str | None
    sure: bool


def intro_ending_at(texts: Sequence[str], last: int, first: int = 0, marked: bool = True) -> Intro | None:
    """The introduction whose last line is ``texts[last]``, looking back to ``first`` at the furthest.

    ``marked`` says that a deeper quotation follows at once, so that "Ada says:" is enough; without
    it only a sure one counts. None where the line introduces nobody.
    """
    line = texts[last].rstrip()
    if not line or len(line) > 400:
        return None
    if marked:
        if not (line[-1] in ":：" or line.endswith("...") or _last_verb(line)):
            return None
    elif not line.endswith((">:", "> :", "):", "]:")) and not _ends_with_verb(line):
        return None
    joined = ""
    best: Intro | None = None
    for at in range(last, max(first, last - 3) - 1, -1):
        piece = texts[at].strip()
        if not piece:
            break
        joined = f"{piece} {joined}".rstrip()
        found = _introduces(joined)
        if found is None:
            if best is not None:
                break
            continue
        # A longer reading wins only if it begins as introductions begin.
        if best is None or _begins(piece):
            best = Intro(last - at + 1, found.speaker, found.sure)
        if _begins(piece):
            break
    if best is None or not (marked or best.sure):
        return None
    return best


def person(text: str) -> str | None:
    """The name in an author's field: ``Ada King`` of ``"King, Ada" <a@b.c>`` or ``a@b.c (Ada King)``.

    The address itself where there is no name; None where there is neither.
    """
    text = _MAILTO.sub("", text).strip(" \t,;:*")
    if behalf := _BEHALF.search(text):
        text = text[behalf.end() :]
    address = _ADDRESS.search(text)
    for match in _IN_PARENTHESES.finditer(text):
        inside = match[1].strip()
        outside = _ADDRESS.sub("", text[: match.start()]).strip(" <>\"'")
        if address and inside and not outside and not _ADDRESS.search(inside):
            return natural_name(_PHONE.sub(" ", inside))
    bare = _BRACKETED.sub(" ", text)
    bare = _PARENTHESIS.sub(" ", bare) if "(" in bare else bare
    bare = _PHONE.sub(" ", _ADDRESS.sub(" ", bare))
    bare = " ".join(bare.split()).strip(" ,;:\"'`*<>[]()")
    if bare and any(c.isalpha() for c in bare):
        return natural_name(bare)
    return address.group().replace(" at ", "@") if address else None


def natural_name(name: str) -> str:
    """``Ada King`` for ``King, Ada``; mailing lists' additions ("via LIST") and quote marks are cut."""
    name = _VIA.sub("", name.strip(" \"'`"))
    parts = [part.strip() for part in name.split(",")]
    if len(parts) == 2 and all(parts) and not _SUFFIX.fullmatch(parts[1]):
        name = f"{parts[1]} {parts[0]}"
    return " ".join(name.split()).strip(" \"'`")


@lru_cache(maxsize=8192)
def _begins(line: str) -> bool:
    """Whether a line opens as introductions do: "On", "In article", a date, "Quoting"."""
    # Every date holds a digit, or it is a day of the week with its comma, or a place.
    dated = "," in line or "/" in line or _DIGIT.search(line)
    return bool(_LEAD.match(line) or (dated and _DATE.match(line)) or _QUOTING.match(line))


@lru_cache(maxsize=8192)
def _introduces(text: str) -> Intro | None:
    if match := _USUAL.fullmatch(text):
        name = match["name"] or match["address"].replace(" at ", "@")
        if _READ_CLOSELY.isdisjoint(re.split(r"[ @]", name.lower())):
            return Intro(1, name, _SURE.search(text) is not None)
    ends = text[-1] in ":："
    bare = _MAILTO.sub("", text).rstrip(" :：.…") if "mailto" in text else text.rstrip(" :：.…")
    if ends and _QUOTING.match(bare):
        return _named(_LEAD.sub("", bare, count=1), True)
    verb = _last_verb(bare)
    if verb is None:
        if not ends or ("@" not in bare and " at " not in bare):
            return None
        # "2017-04-19 19:20 GMT+02:00 Ada King <a@b.c>:"
        dated = _DATE.match(bare)
        if dated and _ADDRESS.search(bare):
            return _named(bare[dated.end() :], True)
        # "* Ada King <a@b.c> [030502 12:30]:"
        if _STARRED.fullmatch(bare):
            return _named(bare[: bare.rindex("[")], True)
        return None
    sure = bool(_SURE.search(bare))
    before, after = bare[: verb[0]].rstrip(" ,"), bare[verb[1] :].strip(" ,")
    if after and not _AFTER_VERB.match(after):
        # The name stands after the verb: "Am 3. Mai 2004 schrieb Ada King", "Op 3 mei schreef Ada".
        if before and not _only_date(before):
            return None
        return _named(after, sure)
    if not before:
        return None
    return _named(before, sure)


def _ends_with_verb(line: str) -> bool:
    """Whether the last word before the colon is one of saying."""
    words = line.rstrip(" :：.").rsplit(None, 1)
    return bool(words) and (words[-1].lower() in _VERB_ENDS or bool(_CJK.search(words[-1])))


def _last_verb(text: str) -> tuple[int, int] | None:
    """Where the last verb of saying stands; a look at the words spares most lines the pattern."""
    start = 0
    if text.isascii() or not _CJK.search(text):
        low = text.lower()
        words = low.replace(",", " ").split()
        if _VERB_ENDS.isdisjoint(words):
            return None
        if words[-1] in _ENGLISH_ENDS:
            # Nearly always the verb is the last word, and nothing before it can be the last verb.
            start = low.rindex(words[-1]) if len(low) == len(text) else 0
    found = None
    for match in _VERB.finditer(text, start):
        found = match.span()
    return found


def _only_date(text: str) -> bool:
    """Whether a text is a date and nothing else."""
    rest = f"{text} "
    for pattern in (_LEAD, _DATE):
        if match := pattern.match(rest):
            rest = rest[match.end() :]
    rest = rest.strip(" ,.:;-()")
    return not rest or rest.lower() in ("uhr", "at", "um", "am", "on")


def _named(text: str, sure: bool) -> Intro | None:
    """The introduction whose words, verb and colon taken off, are these."""
    text = text.strip()
    for _ in range(3):
        dated = _DATE.match(f"{text} ") if "," in text[:20] or _DIGIT.search(text) else None
        shorter = text[dated.end() :] if dated else text
        lead = _LEAD.match(shorter)
        shorter = shorter[lead.end() :] if lead else shorter
        if shorter.strip() == text:
            break
        text = shorter.strip()
    text = text.strip(" ,;:")
    if not text.isascii():
        text = _DATE_BEHIND.sub("", text)
    if not text:
        return Intro(1, None, sure) if sure else None
    if text.lower() in _PRONOUNS:
        return Intro(1, None, sure)
    name = person(text)
    if name is None or len(name) > 70 or _CLOCKED.search(name):
        return None
    if sure and _ADDRESS.search(text):
        return Intro(1, name, True)
    return Intro(1, name, sure) if _is_name(name, sure) else None


def _is_name(name: str, sure: bool) -> bool:
    """Whether words without an address beside them can be somebody's name; beside a date, lower case may."""
    words = name.split()
    if not 1 <= len(words) <= 7 or words[0].lower() in _NO_NAME:
        return False
    if "@" in name or len(words) == 1 or (sure and len(words) <= 4):
        return True
    return all(not w[0].islower() or w.lower() in _PARTICLES for w in words)
