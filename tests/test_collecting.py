"""The collector of cycles is told to walk seldom, and afterwards as it was told before."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from essaysearch.filling.collecting import seldom


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    usual = gc.get_threshold()
    yield
    gc.set_threshold(*usual)


def test_it_walks_seldom_until_all_have_left() -> None:
    gc.set_threshold(700, 10, 10)
    first, second = seldom(), seldom()
    first.__enter__()
    second.__enter__()
    assert gc.get_threshold() > (10_000, 10, 10)
    first.__exit__(None, None, None)
    assert gc.get_threshold() > (10_000, 10, 10)
    second.__exit__(None, None, None)
    assert gc.get_threshold() == (700, 10, 10)


@pytest.mark.parametrize("told", [(0, 10, 10), (9_000_000, 5, 5)])
def test_where_it_is_told_to_walk_more_seldom_or_never_it_stays(told: tuple[int, int, int]) -> None:
    gc.set_threshold(*told)
    with seldom():
        assert gc.get_threshold() == told
    assert gc.get_threshold() == told


def test_an_error_leaves_it_as_before() -> None:
    usual = gc.get_threshold()
    with pytest.raises(ZeroDivisionError), seldom():
        _ = 1 / 0
    assert gc.get_threshold() == usual
