"""Who speaks on a page that has lost its quote marks: own words, quoted words, or not known.

Each paragraph gets a probability of being quoted from a small model over discourse cues
(`model`). It is called quoted or own only where that is likely enough; the rest stays
unknown. Borders between comments are proposed, never asserted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from essaysearch.model import Block, Document
from essaysearch.voices.cues import Cues, page_cues
from essaysearch.voices.model import GUARDS, Judge, VoiceModel, border_surroundings, surroundings, voice_model
from essaysearch.voices.reasons import sentence

JUDGED = ("paragraph", "list")
"""Roles of blocks that are judged where their voice is unknown."""

USUAL = 0.12
"""The share of paragraphs that are quoted on pages of this kind."""


@dataclass(frozen=True, slots=True)
class Judgment:
    """What the model says of one paragraph.

    ``quoted`` is the probability (0 to 1) that it is quoted, ``why`` the cues that speak for it and
    ``why_not`` those against; ``guarded`` says why it is never called quoted, or "".
    ``border`` is the probability that a comment begins with it, ``border_why`` the cues.
    """

    quoted: float
    why: str
    why_not: str
    guarded: str
    border: float
    border_why: str


def infer(document: Document, borders_known: bool = False) -> Document:
    """The document with a voice, a confidence and a reason for each paragraph of unknown voice.

    Blocks of roles in `JUDGED` whose voice is ``unknown`` become ``quoted`` (``confidence`` is the
    probability of it), ``own`` (``confidence`` is the probability that it is not quoted) or stay
    ``unknown`` (``confidence`` is the probability that it is quoted); `probability_quoted` reads all
    three. ``reason`` tells the cues that weighed most. Where borders are not known, a block may get a
    proposed ``border`` with its ``border_reason``; one with a border or a reason already stays as it is. With
    ``borders_known``, comments begin with the first block and with every block of border 1.

    Text, offsets, roles, order and the blocks of other voices are left as they are; a document
    without blocks of unknown voice comes back itself. Time is linear in the document. The same
    document always gives the same result.
    """
    read = [n for n, block in enumerate(document.blocks) if _is_read(block)]
    judged = {n for n in read if document.blocks[n].voice == "unknown" and document.blocks[n].role in JUDGED}
    if not judged:
        return document
    texts = [document.text[document.blocks[n].start : document.blocks[n].end] for n in read]
    starts = [at == 0 or document.blocks[n].border == 1.0 for at, n in enumerate(read)]
    blocks = list(document.blocks)
    for n, judgment in zip(read, judge(texts, starts if borders_known else None), strict=True):
        if n in judged:
            blocks[n] = _voiced(blocks[n], judgment, borders_known)
    return replace(document, blocks=tuple(blocks))


def judge(texts: Sequence[str], starts: Sequence[bool] | None = None) -> list[Judgment]:
    """What the model says of each paragraph of a page, in order.

    ``starts`` tells of each paragraph whether a comment begins with it; None where borders are
    hidden: then they are judged too. A page's first paragraph has border 0: nothing stands before.
    """
    model = voice_model()
    cues = page_cues(texts, starts)
    judge_ = model.hidden if starts is None else model.known
    alone = [judge_.alone.score(held) for held in cues]
    scores = [judge_.among.score(held) for held in surroundings(alone, cues)]
    borders = _borders(model, scores, cues) if starts is None else [(0.0, "")] * len(cues)
    return [
        _judgment(judge_, held, score, border)
        for held, score, border in zip(cues, scores, borders, strict=True)
    ]


def probability_quoted(block: Block) -> float:
    """The probability (0 to 1) that a block is quoted, whatever its voice."""
    return 1.0 - block.confidence if block.voice == "own" else block.confidence


def _judgment(judge_: Judge, cues: Cues, score: float, border: tuple[float, str]) -> Judgment:
    weighed = judge_.alone.contributions(cues)
    against = sorted(((-weight, cue) for weight, cue in weighed), key=lambda pair: (-pair[0], pair[1]))
    guarded = next((why for cue, why in GUARDS.items() if cue in cues), "")
    return Judgment(judge_.probability(score), sentence(weighed), sentence(against), guarded, *border)


def _borders(model: VoiceModel, scores: Sequence[float], cues: Sequence[Cues]) -> list[tuple[float, str]]:
    alone = [model.border.alone.score(held) for held in cues]
    among = [model.border.among.score(held) for held in border_surroundings(alone, scores, cues)]
    found = [(0.0, "")]
    for held, score in zip(cues[1:], among[1:], strict=True):
        probability = model.border.probability(score)
        proposed = probability >= model.border_from
        found.append((probability, sentence(model.border.alone.contributions(held)) if proposed else ""))
    return found[: len(cues)]


def _is_read(block: Block) -> bool:
    return block.role not in ("furniture", "heading")


def _voiced(block: Block, judgment: Judgment, borders_known: bool) -> Block:
    model = voice_model()
    quoted = round(judgment.quoted, 3)
    if judgment.quoted >= model.quoted_from and not judgment.guarded:
        told = replace(block, voice="quoted", depth=1, confidence=quoted, reason=_because(judgment.why))
    elif judgment.quoted < model.own_below:
        told = replace(block, voice="own", confidence=round(1 - quoted, 3), reason=_because(judgment.why_not))
    else:
        told = replace(block, confidence=quoted, reason=_unsure(judgment))
    if borders_known or block.border or block.border_reason or judgment.border < model.border_from:
        return told
    return replace(told, border=round(judgment.border, 3), border_reason=_because(judgment.border_why))


def _because(clauses: str) -> str:
    return clauses or "many weak cues together"


def _unsure(judgment: Judgment) -> str:
    if judgment.guarded:
        return f"{judgment.guarded}, so it may or may not be somebody's words"
    sides = [
        f"for a quote: {judgment.why}" if judgment.why else "",
        f"against: {judgment.why_not}" if judgment.why_not else "",
    ]
    return ". ".join(side for side in sides if side) or "the cues do not tell"
