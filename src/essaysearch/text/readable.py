"""The readable form of a text: what LaTeX and HTML left behind in it, resolved for the eye.

The index keeps source characters; this is for showing. Every character of the readable form
knows the source character it stands for, so that matches found in the source can be marked.
"""

from __future__ import annotations

import re
import unicodedata

from essaysearch.late import late

_WRAPPERS = frozenset(
    """emph textit textbf texttt textsc textsf textrm textsl text textup textnormal underline uline mbox
    mathrm mathbf mathit mathcal mathbb mathsf mathtt operatorname url footnotesize""".split()
)
_SYMBOLS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε", "zeta": "ζ",
    "eta": "η", "theta": "θ", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π",
    "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ", "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
    "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Pi": "Π", "Sigma": "Σ", "Phi": "Φ",
    "Psi": "Ψ", "Omega": "Ω", "times": "×", "cdot": "·", "pm": "±", "leq": "≤", "le": "≤", "geq": "≥",
    "ge": "≥", "neq": "≠", "ne": "≠", "approx": "≈", "sim": "∼", "ll": "≪", "gg": "≫", "to": "→",
    "rightarrow": "→", "leftarrow": "←", "Rightarrow": "⇒", "infty": "∞", "in": "∈", "forall": "∀",
    "exists": "∃", "sum": "∑", "prod": "∏", "sqrt": "√", "partial": "∂", "nabla": "∇", "ell": "ℓ",
    "ldots": "…", "dots": "…", "cdots": "⋯", "textendash": "–", "textemdash": "—", "textquoteright": "’",
    "S": "§", "dag": "†", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ss": "ß", "ae": "æ", "AE": "Æ",
    "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å", "i": "ı", "j": "ȷ",
}  # fmt: skip
_ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306", ".": "\u0307",
    '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "d": "\u0323", "c": "\u0327", "k": "\u0328",
    "b": "\u0331",
}  # fmt: skip

_SPECIAL = ("\\", "$", "&", "`", "{", "}", "~", "--", "''", "  ")
"""What may stand for something else, beside what cannot be printed: soft hyphens, line feeds ..."""

_OPENING = late(r"[^\S ]|[\\$&`'{}~\u00ad\u200b\ufeff-]|[ ](?=\s)")
"""Where a token may begin; found sooner than tokens are."""

_TOKEN = late(
    r"""(?P<space>[^\S ]\s*|[ ]\s+)
      | (?P<nothing>[\u00ad\u200b\ufeff])
      | \{?\\(?P<accent>['"`^~=.]|[uvHcdkrb](?=\{))(?:\{\\?(?P<braced>[A-Za-z])\}|\\?(?P<bare>[A-Za-z]))
      | \{\\(?P<style>em|it|bf|tt|sc|sl|rm|sf)\b[ ]?
      | \\(?P<pointer>cite[a-z]*|ref|label|eqref)\*?(?:\[[^][]*\])?\{[^{}]*\}
      | \\(?P<link>href)\{[^{}]*\}\{
      | (?<![\w:\\])\\(?P<command>[A-Za-z]+)\*?(?P<open>\{(?!\}))?(?P<empty>\{\})?
      | \\(?P<escaped>[%&_$\#{}])
      | (?P<newline>\\\\(?=\s|\Z))
      | (?P<entity>&(?:\#\d{1,7}|\#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});)
      | (?P<opening>(?<!`)``(?!`))
      | (?P<closing>(?<!')''(?!'))
      | (?P<single>(?<![\w`])`(?=[^\s`'][^`'\n]{0,80}'(?!\w)))
      | (?P<dash>(?<!-)---(?!-)|(?<=\w)--(?=\w))
      | (?P<tie>(?<=\w)~(?=[A-Z\d(\\]))
      | (?P<math>\$)
      | (?P<brace>[{}])""",
    re.VERBOSE,
)
_OPENS_LINE = late(r"[ \t]{4}|\t|[ \t]*(?:[•◦▪‣·*+–-]|\(?\d{1,3}[.)])[ \t]+\S|[ \t]*>")
"""What keeps its line to itself: code by its indentation, an item by its bullet, a marked quote."""

_MATH = late(r"\$(?=\S)[^$]{1,300}(?<=[^\s\\])\$(?!\d)")


def readable(text: str) -> tuple[str, list[int]]:
    """The readable form, and for each of its characters the offset in ``text`` it comes from.

    LaTeX quotes, dashes, accents, emphasis and common symbols become the characters they mean,
    references and the marks around formulas go, HTML entities are decoded once. A run of spaces
    becomes one space, or one line break where it parts paragraphs, items of a list, lines of code or
    of marked quotation; neither stands at an end. What is not known stays as written. Offsets never
    fall.

    >>> readable("``features'' of \\\\emph{x}")[0]
    '“features” of x'
    """
    if _is_plain(text):
        lead = len(text) - len(text.lstrip())
        shown = text.strip()
        return shown, list(range(lead, lead + len(shown)))
    form = _formed(text)
    return form.text(), form.offsets()


def readable_text(text: str) -> str:
    """The readable form alone."""
    return text.strip() if _is_plain(text) else _formed(text).text()


def _is_plain(text: str) -> bool:
    """Whether a text is its own readable form, but for spaces at its ends."""
    return text.isprintable() and not any(mark in text for mark in _SPECIAL)


def _formed(text: str) -> _Form:
    form = _Form(text)
    at = 0
    for opening in _OPENING.finditer(text):
        start = opening.start()
        match = _TOKEN.match(text, start) if start >= at else None
        if match:
            form.keep(at, start)
            at = match.end()
            form.token(match)
    form.keep(at, len(text))
    form.end()
    return form


class _Form:
    """What is shown so far, and what is open: braces (True: shown), and marks that close later.

    Shown are pieces, each with its place in the source and how far the places of its characters are
    apart: 1 where they are the source's own, 0 where all stand for what is at that place.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._latex = "\\" in text or "``" in text
        self._pieces: list[tuple[str, int, int]] = []
        self._last = ""
        self._braces: list[bool] = []
        self._closers: dict[int, str] = {}

    def text(self) -> str:
        """What is shown."""
        return "".join([shown for shown, _, _ in self._pieces])

    def offsets(self) -> list[int]:
        """The place in the source of each character that is shown."""
        return [at + step * n for shown, at, step in self._pieces for n in range(len(shown))]

    def keep(self, start: int, end: int) -> None:
        """Shows source characters as they are, but for a quote that an earlier one opened.

        Of spaces there are only single ones among them.
        """
        if any(start <= at < end for at in self._closers):
            for at in range(start, end):
                self.show(self._closers.get(at, self._text[at]), at)
            return
        if start < end and self._text[start] == " " and self._last in _SPACES:
            start += 1
        if start < end:
            self._pieces.append((self._text[start:end], start, 1))
            self._last = self._text[end - 1]

    def show(self, characters: str, at: int) -> None:
        for character in characters:
            if character.isspace():
                character = "\n" if character == "\n" else " "
                if self._last in _SPACES:
                    if self._last == " " and character == "\n":
                        self._end_with("\n")
                    continue
            self._pieces.append((character, at, 0))
            self._last = character

    def _end_with(self, character: str) -> None:
        """Puts a character, or none, into the place of the last one."""
        shown, at, step = self._pieces[-1]
        self._pieces[-1] = (shown[:-1] + character, at, step)
        self._last = character

    def space(self, start: int, end: int) -> None:
        """Shows a run of spaces as one, or as the end of a line."""
        last = self._text.rfind("\n", start, end)
        breaks = last >= 0 and (
            self._text.find("\n", start, last) >= 0 or _OPENS_LINE.match(self._text, last + 1)
        )
        self.show("\n" if breaks else " ", start)

    def end(self) -> None:
        """Shows no space at the end."""
        if self._last in (" ", "\n"):
            self._end_with("")

    def token(self, match: re.Match[str]) -> None:
        name = match.lastgroup or ""
        at, source = match.start(), match.group()
        fixed = _FIXED.get(name)
        if name == "space":
            self.space(at, match.end())
        elif fixed is not None:
            self.show(fixed if self._latex or name not in _ONLY_IN_LATEX else source, at)
        elif name in ("bare", "braced"):
            self._accent(match)
        elif name in ("command", "open", "empty"):
            self._command(match)
        elif name in ("style", "link"):
            self._braces.append(False)
        elif name == "brace":
            self._brace(source, at)
        elif name == "math":
            self._math(at)
        elif name == "escaped":
            self.show(match["escaped"], at)
        elif name == "entity":
            from html import unescape

            self.show(unescape(source), at)
        elif name == "single":
            self._closers[self._text.index("'", at)] = "’"
            self.show("‘", at)
        elif name == "dash":
            self.show("—" if source == "---" else "–", at)

    def _accent(self, match: re.Match[str]) -> None:
        letter = match["braced"] or match["bare"]
        self.show(unicodedata.normalize("NFC", letter + _ACCENTS[match["accent"]]), match.start())
        if match.group().startswith("{"):
            self._braces.append(False)

    def _command(self, match: re.Match[str]) -> None:
        name, at = match["command"], match.start()
        if match["open"]:
            known = name in _WRAPPERS
            if not known:
                self.show(match.group(), at)
            self._braces.append(not known)
        elif name in _SYMBOLS:
            self.show(_SYMBOLS[name], at)
        else:
            self.keep(at, match.end())

    def _brace(self, brace: str, at: int) -> None:
        shown = True
        if brace == "{":
            self._braces.append(True)
        elif self._braces:
            shown = self._braces.pop()
        if shown:
            self.show(brace, at)

    def _math(self, at: int) -> None:
        if at in self._closers:
            return
        formula = _MATH.match(self._text, at)
        if formula:
            self._closers[formula.end() - 1] = ""
        else:
            self.show("$", at)


_SPACES = ("", " ", "\n")
"""The last characters, or none, behind which a space is not shown."""

_FIXED = {
    "nothing": "", "pointer": "", "newline": " ", "opening": "“", "closing": "”", "tie": " ",
}  # fmt: skip
_ONLY_IN_LATEX = frozenset(("closing", "tie"))
