"""The frame of a question: "what does he say to people who think …" asks about what comes behind it.

Words such as *say*, *people* and *think* are content elsewhere, so nothing is dropped: where they
frame a question they match as ever and weigh a tenth. A frame is found by its place in the
sentence, never by a word alone, and only in a question of plain words and quoted phrases.
"""

from __future__ import annotations

from essaysearch.late import late
from essaysearch.model import Diagnostic
from essaysearch.query.sentences import ANSWERED, FRAME, FRAME_WORD
from essaysearch.tree import Clauses, FrameWord, Node, Phrase, Word

WEIGHT = 0.1
"""What a word of the frame counts, of what it would elsewhere."""

MOST_CHARACTERS = 400
"""Longer texts are no questions."""

_REPORTS = """
    argue argues argued arguing assert asserts asserted claim claims claimed claiming comment comments
    commented mention mentions mentioned say says said saying state states stated write writes writing
    written wrote""".split()
_THINKS = """
    agree agrees agreed answer answers answered believe believes believed believing conclude concludes
    concluded disagree disagrees disagreed discuss discusses discussed discussing explain explains
    explained feel feels felt mean means meant object objects objected react reacts reacted reply
    replies replied respond responds responded responding speak speaks spoke spoken suggest suggests
    suggested talk talks talked talking think thinks thinking thought""".split()
_VIEWS = "attitude attitudes opinion opinions position positions stance take thoughts view views".split()
_REPLIES = """
    answer answers answered disagree disagrees disagreed object objects objected react reacts reacted
    reply replies replied respond responds responded responding""".split()
_ANYONE = "anybody anyone author authors everybody everyone folks others people somebody someone".split()

_REPORT, _VERB, _VIEW = frozenset(_REPORTS), frozenset((*_REPORTS, *_THINKS)), frozenset(_VIEWS)
_SOMEONE = frozenset(_ANYONE)
_THEY = _SOMEONE | {"he", "she", "they", "you", "we", "i", "it", "one"}
_THOSE = _SOMEONE | {"those", "them"}
_MEAN = frozenset(("mean",))
_THEIR = frozenset(("his", "her", "their", "your", "my"))
_ASK = frozenset(("what", "who", "whom", "why", "how", "when", "where", "which"))
_AUX = frozenset(
    """are can could did do does had has have is might must should was were will would aren't can't couldn't
    didn't don't doesn't hadn't hasn't haven't isn't shouldn't wasn't weren't won't wouldn't""".split()
)
_DOES = frozenset(("do", "does", "did", "has", "have", "had"))
_BETWEEN = _AUX | frozenset(
    "actually already also been ever explicitly first just not often really typically".split()
)
"""What may stand between who asks or is asked about and the verb."""

FRAMING = _VERB | _VIEW
"""Words without one of which, folded, nothing is the frame of a question."""

_LEADING = frozenset("about against in of on or regarding that the those to when with".split())
"""Words before what a reply is about."""

_PADDING = ("",) * 5
_WORD = late("[^\\s,;:.!?()]+")


Read = tuple[Node, tuple[Word, ...], tuple[Diagnostic, ...]]
"""A query as read: its tree, its ranking words, and what was odd about it."""


def framed(text: str, tree: Node, words: tuple[Word, ...], odd: tuple[Diagnostic, ...]) -> Read:
    """The query, the words of a question's frame made `FrameWord`, and a warning more that says so.

    It is as it was where it has operators or is no question, or holds nothing but its frame.
    """
    if len(text) > MOST_CHARACTERS or not any(word.text.lower() in FRAMING for word in words):
        return tree, words, odd
    if not isinstance(tree, Clauses) or not _is_plain(tree):
        return tree, words, odd
    typed = [(match[0].lower().replace("\u2019", "'"), match.start()) for match in _WORD.finditer(text)]
    places = {typed[at][1] for at in _frame([word for word, _ in typed])}
    frame = [word for word in words if word.start in places]
    if not frame or len(frame) == len(words):
        return tree, words, odd
    made: dict[int, Word] = {
        id(word): FrameWord(word.text, word.term, boost=WEIGHT, start=word.start, end=word.end)
        for word in frame
    }
    should = tuple(made.get(id(node), node) for node in tree.should)
    told = list(dict.fromkeys(word.text for word in frame))
    named = "`, `".join(told[:-1]) + ("` and `" if told[1:] else "") + told[-1]
    message = (FRAME if told[1:] else FRAME_WORD).format(words=f"`{named}`", first=told[0])
    if answered := _answered(text, typed, places):
        message += ANSWERED.format(words=answered)
    return (
        Clauses(tree.must, should, (), (), 1.0, tree.start, tree.end),
        tuple(made.get(id(word), word) for word in words),
        (*odd, Diagnostic("question-frame", frame[0].start, frame[-1].end, message)),
    )


def _answered(text: str, typed: list[tuple[str, int]], places: set[int]) -> str:
    """What a question about replies asks to be answered, as brackets or as it is quoted; else nothing."""
    words = [word for word, _ in typed]
    if not (_relatives([*words, *_PADDING]) or any(word in _REPLIES for word, at in typed if at in places)):
        return ""
    behind = [(word, at) for word, at in typed if at > max(places)]
    while behind and behind[0][0] in _LEADING:
        del behind[0]
    asked = text[behind[0][1] :].strip(" \t\n?!.,;:") if behind else ""
    quoted = asked.count('"') == 2 and asked[0] == asked[-1] == '"'
    return asked if quoted or not asked else f"({asked})"


def _is_plain(tree: Clauses) -> bool:
    """Whether a query is of words, compounds and quoted phrases, without operators and weights."""
    return (
        not (tree.must_not or tree.filters)
        and all(type(node) is Phrase and _is_bare(node) and not node.slop for node in tree.must)
        and all(
            (type(node) is Word and _is_bare(node) and not node.exact)
            or (isinstance(node, Clauses) and node.boost == 1.0 and len(node.should) == 2)
            for node in tree.should
        )
    )


def _is_bare(node: Word | Phrase) -> bool:
    return node.fields is None and node.boost == 1.0


def _frame(words: list[str]) -> list[int]:
    """Which words frame a question; none where they are no question."""
    at = 1 if words[0] in ("and", "but", "so", "well") else 0
    words = [*words, *_PADDING]
    asks, _, short = words[at].partition("'")
    if words[at] in _AUX:
        return _said_by_anyone(words, at + 1) + _relatives(words)
    if asks not in _ASK or short not in ("", "s"):
        return []
    found, at = _relatives(words), at + 1
    if asks in ("who", "what"):  # who has argued, what is said of
        found += _verb_behind(words, at + (words[at] == "else"))
    if not short and words[at] not in _AUX:
        return found
    does = not short and words[at].removesuffix("n't") in _DOES
    at += not short
    if (words[at] in _THEIR or words[at].endswith("'s")) and words[at + 1] in _VIEW:
        return [*found, at + 1]
    said = _said_by_anyone(words, at)
    if does and not said:  # what does the paper say, what does it mean
        said = _first(words[: at + 4], at + 1, _REPORT) or (_means(words, at + 1) if asks == "what" else [])
    return found + said


def _said_by_anyone(words: list[str], at: int) -> list[int]:
    """*people really think*, *he says*: who is nobody in particular, and the verb."""
    at += words[at] == "the" and words[at + 1] in _SOMEONE
    verb = _verb_behind(words, at + 1) if words[at] in _THEY else []
    return ([at] if words[at] in _SOMEONE else []) + verb if verb else []


def _relatives(words: list[str]) -> list[int]:
    """*people who think*, *those who say*."""
    found: list[int] = []
    for at, word in enumerate(words):
        if word == "who" and at and words[at - 1] in _THOSE and (verb := _verb_behind(words, at + 1)):
            found += ([at - 1] if words[at - 1] in _SOMEONE else []) + verb
    return found


def _verb_behind(words: list[str], at: int) -> list[int]:
    """The verb of saying or thinking that stands at a place, adverbs and the like left aside."""
    while words[at] in _BETWEEN:
        at += 1
    return [at] if words[at] in _VERB else []


def _means(words: list[str], at: int) -> list[int]:
    return [n for n in _first(words[: at + 4], at, _MEAN) if words[n - 1] not in ("the", "a")]


def _first(words: list[str], at: int, among: frozenset[str]) -> list[int]:
    return next(([n] for n in range(at, len(words)) if words[n] in among), [])
