"""Chinese, Japanese and Korean in the encodings of their own, recognised where nothing declares them.

Each of these encodings keeps its commonest characters together, so bytes that are text in one of
them fall almost wholly into its common ranges; Windows-1252 letters stand alone among ASCII.
"""

from __future__ import annotations

import re

_RUN = re.compile(rb"[\x80-\xff][\x40-\x7e\x80-\xff]+")
# Level 1 of GB 2312, Big5 and JIS, kana, Hangul syllables, and the punctuation of each.
_COMMON = (
    ("euc_kr", re.compile(rb"[\xb0-\xc8][\xa1-\xfe]|\xa1[\xa1-\xfe]"), 0.95),
    ("shift_jis", re.compile(rb"[\x82\x83][\x40-\xf1]|\x81[\x40-\x5b]|[\x88-\x97][\x40-\xfc]"), 0.7),
    ("euc_jp", re.compile(rb"[\xa4\xa5][\xa1-\xf6]|\xa1[\xa1-\xbc]|[\xb0-\xcf][\xa1-\xfe]"), 0.7),
    ("gb18030", re.compile(rb"[\xb0-\xd7][\xa1-\xfe]|\xa3[\xa1-\xfe]|\xa1[\xa1-\xfe]"), 0.7),
    ("big5", re.compile(rb"[\xa4-\xc6][\x40-\x7e\xa1-\xfe]|\xa1[\x40-\x7e\xa1-\xfe]"), 0.7),
)
_FEWEST = 8
_PAIRED = frozenset(["euc_kr", "euc_jp", "gb18030"])
_PAIR = re.compile(rb"[\x80-\xff]{2}")
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")


def guessed(data: bytes) -> str | None:
    """The name of the East Asian encoding that bytes beyond ASCII are surely in; None for any other.

    At least eight such bytes are needed, and two fifths of them in pairs: the curly quotes and
    accents of Windows-1252 stand beside ASCII. Looks at 64 KiB at most.
    """
    sample = data[: 1 << 16]
    beyond = len(sample) - len(sample.translate(None, bytes(range(128, 256))))
    runs = b" ".join(_RUN.findall(sample))
    if beyond < _FEWEST or _high(runs) < 0.9 * beyond or 2 * len(_PAIR.findall(sample)) < 0.4 * beyond:
        return None
    high_runs = _HIGH_RUN.findall(sample)
    # The words of Cyrillic or Greek in one byte a letter are of odd length as often as not.
    paired = sum(len(run) % 2 == 0 for run in high_runs) >= 0.85 * len(high_runs)
    best, most = None, 0.0
    for name, common, least in _COMMON:
        if name in _PAIRED and not paired:
            continue
        share = sum(_high(pair) for pair in common.findall(runs)) / beyond
        try:
            sample[: len(sample) - 4 if len(data) > len(sample) else None].decode(name)
        except UnicodeDecodeError:
            share *= 0.8
        if share >= least and share > most + 0.02:
            best, most = name, share
    return best


def _high(data: bytes) -> int:
    return sum(byte > 0x7F for byte in data)
