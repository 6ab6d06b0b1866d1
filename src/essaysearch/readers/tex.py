r"""TeX in names, titles and abstracts: accents and letters to the characters they mean.

Formulas and commands that carry meaning stay as they are written; only what TeX needed for want
of a character is resolved. What a reader of the page sees is the snippet's job.
"""

from __future__ import annotations

import re
import unicodedata

_ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", '"': "\u0308", "=": "\u0304", ".": "\u0307",
    "u": "\u0306", "v": "\u030c", "H": "\u030b", "r": "\u030a", "c": "\u0327", "k": "\u0328", "d": "\u0323",
    "b": "\u0331",
    "‘": "\u0300", "’": "\u0301", "”": "\u0308",
}  # fmt: skip
_LETTERS = {
    "ss": "ß", "SS": "ẞ", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "aa": "å", "AA": "Å", "ae": "æ", "AE": "Æ",
    "oe": "œ", "OE": "Œ", "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "dj": "đ",
    "DJ": "Đ", "ng": "ŋ", "NG": "Ŋ",
}  # fmt: skip
_SYMBOLS = {
    "textendash": "–", "textemdash": "—", "textquoteleft": "‘", "textquoteright": "’",
    "textquotedblleft": "“", "textquotedblright": "”", "textquotesingle": "'", "textquotedbl": '"',
    "quotesinglbase": "‚", "quotedblbase": "„", "guilsinglleft": "‹", "guilsinglright": "›",
    "guillemotleft": "«", "guillemotright": "»", "guillemetleft": "«", "guillemetright": "»",
    "textbackslash": "\\", "textasciitilde": "~", "textasciicircum": "^", "textasciigrave": "`",
    "textbraceleft": "{", "textbraceright": "}", "textunderscore": "_", "textbar": "|", "textless": "<",
    "textgreater": ">", "textdollar": "$", "textpercent": "%", "textnumbersign": "#", "textampersand": "&",
    "textregistered": "®", "texttrademark": "™", "textcopyright": "©", "copyright": "©", "textdegree": "°",
    "textsection": "§", "textparagraph": "¶", "S": "§", "P": "¶", "textdagger": "†", "textdaggerdbl": "‡",
    "dag": "†", "ddag": "‡", "ldots": "…", "dots": "…", "textellipsis": "…", "textbullet": "•",
    "textperiodcentered": "·", "textasteriskcentered": "*", "textexclamdown": "¡", "textquestiondown": "¿",
    "pounds": "£", "textsterling": "£", "euro": "€", "texteuro": "€", "textyen": "¥", "textcent": "¢",
    "textmu": "µ", "texttimes": "×", "textdiv": "÷", "textpm": "±", "textonehalf": "½",
    "textordfeminine": "ª", "textordmasculine": "º", "textonesuperior": "¹", "texttwosuperior": "²",
    "textthreesuperior": "³", "slash": "/", "nobreakspace": " ", "textvisiblespace": "␣", "TeX": "TeX",
    "LaTeX": "LaTeX", "LaTeXe": "LaTeX2e", "BibTeX": "BibTeX",
}  # fmt: skip
# Signs that TeX reads otherwise, where they are meant as they stand, until all else is resolved.
_KEPT = {ord(sign): chr(0xE010 + number) for number, sign in enumerate("~\\{}`'-$%&#_^")}
_RELEASED = {ord(kept): chr(sign) for sign, kept in _KEPT.items()}

_BASE = r"(?:\{\s*(\\[ij]|[^\W\d_])\s*\}|(\\[ij])(?![A-Za-z])(?:\s(?=[a-z]))?|([^\W\d_]))"
_MARK_ACCENT = re.compile(rf"""\\([`'^~"=.‘’”])\s*{_BASE}""")
_WORD_ACCENT = re.compile(rf"\\([uvHrckdb])(?:\s+|(?=[{{\\])){_BASE}")
_LETTER = re.compile(
    rf"\\({'|'.join(sorted(_LETTERS, key=len, reverse=True))})(?:\{{\}}|\s+(?=[a-z])|(?![A-Za-z]))"
)
_SYMBOL = re.compile(rf"\\({'|'.join(sorted(_SYMBOLS, key=len, reverse=True))})(?:\{{\}}|\s+|(?![A-Za-z]))")
_BRACED_CHARACTER = re.compile(r"\{([^\x00-\x7f])\}")
_ESCAPED = re.compile(r"\\([&%#_$ {}])")
# A dollar before a digit closes nothing, or the prices of a sentence would make a formula of it.
_MATHS = re.compile(r"((?<!\\)\$\$.+?\$\$|(?<!\\)\$(?:[^$\\]|\\.)+\$(?!\d)|\\\(.+?\\\)|\\\[.+?\\\])", re.S)
_CITATION = re.compile(r"~?\\[cC]ite[a-zA-Z]*\*?(?:\[[^]]*\])*\{[^}]*\}")
_BARE_ACCENT = re.compile(r"\\([~^`])\{\s*\}")
_ADDRESS = re.compile(r"\\(?:url|path|nolinkurl)\s*\{([^{}]*)\}|https?://[^\s{}\\]+~[^\s{}]*")
_LINK = re.compile(r"\\href\s*\{[^{}]*\}\s*(?=\{)")
_COMMAND = re.compile(r"\\[A-Za-z]+\*?\s*(?=\{)")
_UNSEEN = re.compile(r"\\(?:[vh]?phantom|[hv]space\*?|label|index)(?:\{[^{}]*\}|(?![A-Za-z]))")
_SPACE = re.compile(r"\\(?:[,;:]|(?:q?quad|space|enspace|thinspace)(?![A-Za-z])\s*)")
_FORMULA = re.compile(r"\\ensuremath\s*\{((?:[^{}\\]|\\.|\{[^{}]*\})*)\}")
# Accents as hands and exporters mistype them: ``{\\\\"u}``, ``\\''{u}``.
_TWICE = re.compile(r"""\\\\(?=[`'^~"=.]\{?[A-Za-z]\}?\})""")
_TWO_STROKES = re.compile(r"\\''(?=\{|[aeiouAEIOU])")
_HINT = re.compile(r"\\[-/!@]")
_SWITCH = re.compile(
    r"\\(?:it|bf|em|sc|tt|rm|sl|sf|itshape|bfseries|relax|par|protect|xspace|null|newblock)\b\s*"
)


def accents(text: str) -> str:
    r"""The text with TeX's accents and special letters as characters; formulas and the rest untouched.

    >>> accents(r"C. Bal\'azs and Erd\H{o}s on $\dot{x}$")
    'C. Balázs and Erdős on $\\dot{x}$'
    """
    if "\\" not in text:
        return text
    parts = _MATHS.split(text)
    parts[::2] = [_accents(part) for part in parts[::2]]
    return unicodedata.normalize("NFC", "".join(parts)) if not text.isascii() else "".join(parts)


def plain(text: str) -> str:
    r"""A field of a bibliography as plain text: accents, dashes, quotes, ties and escapes resolved.

    Formulas between dollar signs stay as they are.

    >>> plain(r"{\"U}ber {BERT}'s ``knowledge'' --- 10\% \& \emph{more}")
    "Über BERT's “knowledge” — 10% & more"
    """
    if "\\ensuremath" in text:
        text = _FORMULA.sub(_formula, text)
    parts = _MATHS.split(text)
    parts[::2] = [_plain(part) for part in parts[::2]]
    return " ".join("".join(parts).split())


def _formula(match: re.Match[str]) -> str:
    """What ``\\ensuremath`` holds: a formula, or a sign that needs no dollars about it."""
    inner = match[1].strip("$ ")
    return f"${inner}$" if "\\" in inner else inner


def _accents(text: str) -> str:
    if "\\" not in text:
        return text
    text = _MARK_ACCENT.sub(_combined, text)
    text = _WORD_ACCENT.sub(_combined, text)
    text = _LETTER.sub(lambda match: _LETTERS[match[1]], text)
    return _BRACED_CHARACTER.sub(r"\1", text)


def _combined(match: re.Match[str]) -> str:
    base = (match[2] or match[3] or match[4]).lstrip("\\")
    made = unicodedata.normalize("NFC", base + _ACCENTS[match[1]])
    return made if len(made) == 1 else match[0]


def _plain(text: str) -> str:
    text = _LINK.sub("", text) if "\\href" in text else text
    if "~" in text or "\\url" in text or "link" in text:
        text = _ADDRESS.sub(lambda match: (match[1] or match[0]).replace("\\", "").translate(_KEPT), text)
    if "\\" in text:
        text = _TWO_STROKES.sub(r'\\"', _TWICE.sub(r"\\", text))
        text = _BARE_ACCENT.sub(lambda match: match[1].translate(_KEPT), text)
        text = _accents(text)
        text = _SYMBOL.sub(lambda match: _SYMBOLS[match[1]].translate(_KEPT), text)
        text = _UNSEEN.sub("", _CITATION.sub("", text))
        text = _SPACE.sub(" ", _SWITCH.sub("", _COMMAND.sub("", text)))
        text = _HINT.sub("", text).replace("\\\\", " ")
        text = _ESCAPED.sub(lambda match: match[1].translate(_KEPT), text)
    text = text.replace("{", "").replace("}", "")
    text = text.replace("---", "—").replace("--", "–").replace("``", "“").replace("''", "”")
    return text.replace("~", " ").translate(_RELEASED)
