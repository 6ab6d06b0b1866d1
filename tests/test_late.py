"""Patterns compiled at their first use."""

import re
import subprocess
import sys

import pytest

from essaysearch.late import late


def test_late_pattern_finds_what_the_pattern_finds() -> None:
    pattern = late(r"(?P<word>[a-z]+)", re.IGNORECASE)
    assert [match["word"] for match in pattern.finditer("One, two")] == ["One", "two"]
    assert pattern.sub("x", "One, two") == "x, x"
    assert pattern.groupindex == {"word": 1}


def test_wrong_late_pattern_is_found_at_its_first_use() -> None:
    pattern = late("(")
    with pytest.raises(re.error):
        pattern.match("")


def test_package_root_gives_every_name_it_promises() -> None:
    missing = "[n for n in e.__all__ if not hasattr(e, n) or n not in dir(e)]"
    code = f"import essaysearch as e; print(*{missing})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_package_root_refuses_a_name_it_has_not() -> None:
    import essaysearch

    with pytest.raises(AttributeError, match="no attribute 'serch'"):
        essaysearch.serch  # type: ignore[attr-defined] # noqa: B018


def test_records_are_compared_hashed_and_shown_by_their_fields() -> None:
    from dataclasses import FrozenInstanceError, replace

    from essaysearch import Diagnostic, Snippet

    one = Snippet("some words", ((0, 4),))
    assert one == Snippet("some words", ((0, 4),)) != replace(one, text="others")
    assert hash(one) == hash(replace(one))
    assert one != ("some words", ((0, 4),), "")
    assert one != Diagnostic("kind", 0, 1, "text")
    assert repr(one) == "Snippet(text='some words', spans=((0, 4),), passage_id='')"
    with pytest.raises(FrozenInstanceError):
        one.text = "others"  # type: ignore[misc]
