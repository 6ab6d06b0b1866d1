"""Words of texts: those that are wanted are found without looking at all others."""

from __future__ import annotations

import sys
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from essaysearch.text import spaces
from essaysearch.text.analysis import _UNDECOMPOSED, CHUNK, fold, places_of, stem, tokens
from essaysearch.text.packing import count_words

_WORDS = st.text(alphabet="abeginsxyIé-— 3ﬁ한«İ", max_size=60)


@given(_WORDS, st.sets(st.sampled_from("a ag age begin di é e xy 3 fi si 한 nai".split()), max_size=4))
def test_places_are_those_of_the_tokens_with_these_terms(text: str, wanted: set[str]) -> None:
    expected = [token for token in tokens(text) if token.term in wanted]
    assert places_of(frozenset(wanted), text) == expected


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12), st.sampled_from(
    ["", "s", "ies", "ying", "ly", "ed", "ational", "ability", "ably", "ency", "ization", "ogy", "ness"]
))  # fmt: skip
def test_a_stem_has_at_most_its_last_two_letters_of_its_own(word: str, ending: str) -> None:
    found = stem(word + ending)
    assert (word + ending).startswith(found[: max(1, len(found) - 2)])


@given(st.characters())
def test_a_chunk_is_of_ascii_letters_and_digits_and_what_is_beyond_but_for_punctuation(sign: str) -> None:
    separates = not sign.isalnum() if sign.isascii() else "\u2000" <= sign <= "\u206f"
    assert bool(CHUNK.fullmatch(sign)) != separates


def folded_whole(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.translate(_UNDECOMPOSED))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


def test_every_character_is_folded_as_a_text_is_folded_whole() -> None:
    for first in range(0, sys.maxunicode + 1, 1 << 10):
        text = "".join(map(chr, range(first, first + (1 << 10))))
        assert fold(text) == folded_whole(text), hex(first)


@given(st.text(st.sampled_from("aZ ’é\u0301\u0323\u0345ﬁßΣς한\ud800"), max_size=30))
def test_no_character_is_folded_by_its_neighbours(text: str) -> None:
    assert fold(text) == folded_whole(text)


_SPACED_TEXTS = st.text(st.sampled_from("ab. é語\t\n\x1c\x85\xa0\u2003\u3000\ud800"), max_size=40)


@given(_SPACED_TEXTS | st.text(st.sampled_from("ab  \n"), max_size=12))
def test_words_are_what_no_space_parts(text: str) -> None:
    words = text.split()
    assert spaces.count(text) == len(words)
    assert spaces.words_apart(text) == " ".join(words).encode("utf-8", "surrogatepass")
    assert spaces.are_single(text) == (text.isascii() and bool(words) and text == " ".join(words))


@given(st.text(st.sampled_from("a é’語ไ가ﾊ "), max_size=20))
def test_in_writing_without_spaces_characters_count_besides(text: str) -> None:
    characters = sum(unicodedata.name(c).startswith(("CJK", "THAI", "HANGUL")) for c in text)
    assert count_words(text, 0, len(text)) == len(text.split()) + characters
