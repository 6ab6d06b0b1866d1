"""The readable form: LaTeX and HTML residue resolved, every character with its source."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaysearch.text.readable import readable


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (r"natural ``features'' of \emph{one} kind", "natural “features” of one kind"),
        (r"\textbf{a \emph{b {c} d} e} f", "a b {c} d e f"),
        (r"{\em very} odd", "very odd"),
        (r"Luko\v{s}i\={u}t\.{e}, {\'e}tude, na\"ive, Erd\H{o}s", "Lukošiūtė, étude, naïve, Erdős"),
        ("costs $5 and $6", "costs $5 and $6"),
        (r"$O(n^2)$ and $\epsilon$-greedy, 50\%", "O(n^2) and ε-greedy, 50%"),
        ("the `word' and a `code` mark", "the ‘word’ and a `code` mark"),
        ("1990--2000, yes---no, a -- b, --flag", "1990–2000, yes—no, a -- b, --flag"),
        (r"Figure~1 \cite{x} shows", "Figure 1 shows"),
        ("a &amp; b &lt;i&gt; &#39;c&#39; &amp;amp; &nope; AT&T;", "a & b <i> 'c' &amp; &nope; AT&T;"),
        ("  two\n\n lines ", "two\nlines"),
        ("one \n long  line", "one long line"),
        ("A list:\n\n  • one\n  • two\n    goes on", "A list:\n• one\n• two\ngoes on"),
        ("1. one\n2) two\n(3) three 4. four", "1. one\n2) two\n(3) three 4. four"),
        ("> a quote\n> goes on\nand an answer", "> a quote\n> goes on and an answer"),
        ("a \\cite{x}\n\nnew &nbsp; paragraph\n\n", "a\nnew paragraph"),
        ("<insert any goal here> [step] {x} \\foo{bar}", "<insert any goal here> [step] {x} \\foo{bar}"),
        (r"C:\beta stays, cut} stays", r"C:\beta stays, cut} stays"),
        ("it''s", "it''s"),
        ("soft\u00adhyphen", "softhyphen"),
    ],
)  # fmt: skip
def test_residue_is_resolved_and_all_else_stays(source: str, shown: str) -> None:
    assert readable(source)[0] == shown


@given(st.text(alphabet="ab \n\\{}$&`'~-;emph%\u00ad", max_size=80))
def test_every_shown_character_has_a_place_in_the_source_and_places_never_fall(source: str) -> None:
    shown, offsets = readable(source)
    assert len(shown) == len(offsets)
    assert offsets == sorted(offsets)
    assert all(0 <= at < len(source) for at in offsets)
    assert not re.search(r"\s\s", shown)
    assert shown == shown.strip()


@given(st.text(alphabet=st.characters(categories=["L", "N"]), max_size=40))
def test_text_without_residue_is_shown_as_it_is(source: str) -> None:
    assert readable(source) == (source, list(range(len(source))))


def test_offsets_lead_back_to_the_word_in_the_source() -> None:
    source = r"a \emph{monosemantic} neuron"
    shown, offsets = readable(source)
    at = shown.index("monosemantic")
    assert source[offsets[at] : offsets[at + 11] + 1] == "monosemantic"
