"""Formulas in HTML: the LaTeX behind what MathJax, KaTeX, MathML and image formulas draw.

A formula becomes ``$…$``, so that it reads as it does in a Markdown source.
"""

from __future__ import annotations

from essaysearch.readers.html_tree import Element, classes, parse_fragment, tag_of

_FORMULA_CLASSES = frozenset(
    [
        "mjx-chtml",
        "mathjax_chtml",
        "mathjax",
        "mathjax_svg",
        "mathjax_display",
        "katex",
        "mathjax_svg_display",
    ]
)
_PREVIEWS = frozenset(["mathjax_preview", "mjx-assistive-mml", "mjx_assistive_mathml"])
_IMAGE_CLASSES = frozenset(
    ["latex", "tex", "math", "mwe-math-fallback-image-inline", "mwe-math-fallback-image-display", "equation"]
)
_TEX_TYPES = ("math/tex", "math/latex", "math/asciimath")


def formula(element: Element) -> str | None:
    """What a formula's outermost element says, ready to print; None if it is no formula.

    An empty string means that the element belongs to a formula and says nothing new
    (a preview, or the drawing of a source that stands beside it).
    """
    tag = tag_of(element)
    if tag == "script":
        kind = str(element.get("type") or "").lower()
        return _wrapped(element.text) if kind.startswith(_TEX_TYPES) else None
    if tag == "math":
        return _wrapped(_mathml(element))
    if tag == "mjx-container":
        return _wrapped(_source(element))
    if tag in ("d-math", "dt-math"):
        return _wrapped(_source(element))
    if tag == "img":
        named = _IMAGE_CLASSES.intersection(classes(element))
        return _wrapped(element.get("alt")) if named and element.get("alt") else None
    if tag in ("span", "div", "p", "nobr"):
        names = classes(element)
        # In lower case the name is a page's own, for a paragraph in which MathJax shall look for formulas.
        if "mathjax" in names and "MathJax" not in str(element.get("class")).split():
            return None
        if _PREVIEWS.intersection(names):
            return ""
        if _FORMULA_CLASSES.intersection(names):
            return "" if _source_follows(element) else _wrapped(_source(element))
    if tag == "svg" and element.get("aria-labelledby"):
        title = next((node for node in element if tag_of(node) == "title"), None)
        return (
            _wrapped(title.text) if title is not None and "mjpage" in classes(element.getparent()) else None
        )
    return None


def _wrapped(source: object) -> str:
    text = " ".join(str(source or "").split())
    for opening, closing in (("\\(", "\\)"), ("\\[", "\\]"), ("$$", "$$"), ("$", "$")):
        if len(text) > len(opening + closing) and text.startswith(opening) and text.endswith(closing):
            text = text[len(opening) : -len(closing)].strip()
    if text.startswith("{\\displaystyle") and text.endswith("}"):
        text = text[len("{\\displaystyle") : -1].strip()
    return f"${text}$" if text else ""


def _mathml(element: Element) -> str:
    for node in element.iter():
        if tag_of(node) == "annotation" and "tex" in str(node.get("encoding") or "").lower():
            return "".join(_strings(node))
    return str(element.get("alttext") or "") or "".join(_strings(element))


def _source(element: Element) -> str:
    """The formula's source, looked for where each renderer leaves it; else the drawn characters."""
    if element.get("data-mathml") and not "".join(_strings(element)).strip():
        return _mathml(parse_fragment(str(element.get("data-mathml"))))
    for node in element.iter():
        tag, names = tag_of(node), classes(node)
        if tag == "annotation" and "tex" in str(node.get("encoding") or "").lower():
            return "".join(_strings(node))
        if tag == "script" and str(node.get("type") or "").lower().startswith(_TEX_TYPES):
            return str(node.text or "")
        if ("mjx-math" in names or tag == "mjx-math") and node.get("aria-label"):
            return str(node.get("aria-label"))
        if tag == "math" and node.get("alttext"):
            return str(node.get("alttext"))
    return "".join(_strings(element))


def _strings(element: Element) -> list[str]:
    found: list[str] = []
    for node in element.iter():
        if isinstance(node.tag, str) and tag_of(node) not in ("style", "script") and node.text:
            found.append(node.text)
        if node is not element and node.tail:
            found.append(node.tail)
    return found


def _source_follows(element: Element) -> bool:
    after = element.getnext()
    return after is not None and tag_of(after) == "script" and "math/" in str(after.get("type") or "")
