"""Strings as bytes, sorted and taken without objects; words numbered with and without kernels."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from essaysearch.columnar.store import numba_present
from essaysearch.columnar.strings import sorting, strings_of, taken
from essaysearch.columnar.vocabulary import Numbering, Vocabulary
from essaysearch.text.analysis import CHUNK, stems, surfaces_of

# Few characters, long ones among them, so that strings begin alike for many bytes or end in zeros.
_STRINGS = st.text(alphabet="ab\0é\ud800\U0001f600", max_size=24)


@given(st.lists(_STRINGS, unique=True, max_size=40))
def test_strings_sort_as_their_characters_do(values: list[str]) -> None:
    order = sorting(strings_of(values))
    assert [values[number] for number in order.tolist()] == sorted(values)
    some = np.arange(0, len(values), 2)
    assert [values[2 * number] for number in sorting(strings_of(values), some)] == sorted(values[::2])


@given(st.lists(_STRINGS, max_size=20), st.randoms())
def test_strings_taken_in_an_order_are_those_packed_in_it(values: list[str], random) -> None:
    order = list(range(len(values)))
    random.shuffle(order)
    found = taken(strings_of(values), np.array(order, dtype=np.int64))
    wanted = strings_of([values[number] for number in order])
    assert (
        found.data.tobytes()
        == wanted.data.tobytes()
        == "".join(values[number] for number in order).encode("utf-8", "surrogatepass")
    )
    assert found.begins.tolist() == wanted.begins.tolist()
    assert found.ends.tolist() == wanted.ends.tolist()


def test_every_word_of_a_chunk_is_one_chunk_in_lower_case() -> None:
    """Else the table of bytes would give a word no number or two."""
    characters = [chr(code) for code in range(sys.maxunicode + 1) if CHUNK.fullmatch(chr(code))]
    words = dict.fromkeys(word for character in characters for word in surfaces_of(character))
    bad = [word for word in (*words, *stems(list(words))) if not CHUNK.fullmatch(word)]
    assert bad == []
    assert [word for word in words if any("A" <= c <= "Z" for c in word)] == []


@pytest.mark.skipif(not numba_present(), reason="needs the extra fast")
@settings(deadline=None)  # kernels may have to be compiled
@given(st.lists(st.lists(st.text(alphabet="abz0éж日", min_size=1, max_size=12)), max_size=6))
def test_words_get_the_same_numbers_with_kernels(batches: list[list[str]]) -> None:
    from essaysearch.columnar.chunk_kernels import ChunkTable

    plain, fast = Numbering(), ChunkTable()
    for words in batches:
        told, numbers = fast.number(words)
        wanted, others = plain.number(words)
        assert told == wanted
        assert numbers.tolist() == others.tolist()
        assert len(fast) == len(plain)
        fast_strings, plain_strings = fast.strings(), plain.strings()
        every = np.arange(len(fast))
        assert taken(fast_strings, every).data.tobytes() == taken(plain_strings, every).data.tobytes()


@pytest.mark.skipif(not numba_present(), reason="needs the extra fast")
@settings(deadline=None)  # kernels may have to be compiled
@given(st.lists(st.lists(st.text("ab Zé\0\n\ud800\U0001f600\u2014", max_size=12), min_size=1), max_size=4))
def test_texts_are_cut_into_the_same_words_with_kernels_whatever_characters_they_hold(
    batches: list[list[str]],
) -> None:
    found = []
    for fast in (False, True):
        vocabulary = Vocabulary(fast)
        coded = [vocabulary.encode(vocabulary.cut(units)) for units in batches]
        words = vocabulary._surfaces.strings()
        names = [words.data[begin:end].tobytes() for begin, end in zip(words.begins, words.ends, strict=True)]
        found.append([([names[n] for n in numbers], counts.tolist()) for numbers, counts in coded])
    assert found[0] == found[1]
