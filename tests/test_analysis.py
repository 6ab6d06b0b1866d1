"""Words of texts: those that are wanted are found without looking at all others."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from essaysearch.text.analysis import CHUNK, places_of, stem, tokens

_WORDS = st.text(alphabet="abeginsxyé-— 3ﬁ한", max_size=60)


@given(_WORDS, st.sets(st.sampled_from("a ag age begin di é e xy 3 fi si 한 nai".split()), max_size=4))
def test_places_are_those_of_the_tokens_with_these_terms(text: str, wanted: set[str]) -> None:
    expected = [token for token in tokens(text) if token.term in wanted]
    assert places_of(frozenset(wanted), text) == expected


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12), st.sampled_from(
    ["", "s", "ies", "ying", "ly", "ed", "ational", "biliti", "ness"]
))  # fmt: skip
def test_a_stem_begins_as_its_word(word: str, ending: str) -> None:
    assert stem(word + ending)[:1] == word[:1]


@given(st.characters())
def test_a_chunk_is_of_ascii_letters_and_digits_and_what_is_beyond_but_for_punctuation(sign: str) -> None:
    separates = not sign.isalnum() if sign.isascii() else "\u2000" <= sign <= "\u206f"
    assert bool(CHUNK.fullmatch(sign)) != separates
