"""Kinds of words that tell who speaks to whom, and the ways in which a paragraph may open.

Patterns run over lower-case text with straight apostrophes. An opening is matched at the start of
a paragraph; one paragraph may open in several of these ways.
"""

from __future__ import annotations

import re


def _words(words: str) -> str:
    """Any of the words, whole; ``_`` stands for a space within one."""
    return "(?:" + "|".join(re.escape(word.replace("_", " ")) for word in words.split()) + r")\b"


COUNTED = {
    "first person": re.compile(r"\b" + _words("i i'm i've i'd i'll me my mine myself")),
    "second person": re.compile(r"\b" + _words("you your yours you're you've you'd you'll yourself")),
    "we": re.compile(r"\b" + _words("we our us we're we've ours")),
    "third person": re.compile(r"\b" + _words("he she his her him they their them")),
    "negation": re.compile(r"\b" + _words("not no never none nothing cannot without") + r"|n't\b"),
    "hedges": re.compile(
        r"\b"
        + _words(
            "think believe guess suspect seem seems probably perhaps maybe might suppose imho imo opinion"
        )
    ),
    "contractions": re.compile(r"\b\w+'(?:s|t|re|ve|d|ll|m)\b"),
    "words of saying": re.compile(
        r"\b" + _words("wrote writes said says replied asked quote quoting excerpt passage quoted")
    ),
    "words for posts": re.compile(
        r"\b(?:post|article|essay|comment|thread|upvot|downvot|op|sentence|paragraph|quote|statement|claim"
        r"|wording|typo|argument|analogy|link)\w*\b"
    ),
}
"""Kinds of words that are counted."""

INTRODUCES = re.compile(
    r"\b(?:from (?:the|this|your|his|her|their) |"
    + _words(
        "wrote writes said says ask asks asked quote quoting excerpt passage quoted according_to replied "
        "claim claims claimed argues states part sentence paragraph abstract puts_it statement line"
    )
    + ")"
)
"""Words with which a paragraph may announce somebody's words."""

LISTS = re.compile(
    r"\b"
    + _words(
        "example following these reason reasons things way ways question questions point points examples "
        "thoughts step steps link links list options possibilities two three four several consider suppose "
        "problem idea here's note"
    )
)
"""Words with which a paragraph may announce a list or an example of its author's own."""

POINTS_AT_TEXT = re.compile(
    r"\b(?:this|that|the|your)\s+"
    + _words(
        "post article essay quote sentence paragraph statement claim passage line part point question "
        "argument example analogy assumption idea comment section list definition wording phrase phrasing "
        "suggestion advice"
    )
)

POINTS_WITH = re.compile(
    r"\W*(?:"
    + _words(
        "i you and but so well also actually yes no of in about on for as is was not do don't doesn't how "
        "what why wait ok okay hm hmm which that this if to agree disagree think like love with sure"
    )
    + r"\W+){0,3}(?:this|that|the|these|those|such|your)\s+(\w+)"
)
"""An opening "this …" or "your …"; its group is the word pointed at."""

_FULLY = (
    "completely fully totally strongly certainly mostly also basically generally definitely do somewhat "
    "wholeheartedly respectfully have_to must really"
)

OPENINGS = {
    "agreement": (
        rf"(?:i |i'd |i would |i'll )?(?:{_words(_FULLY)} )*"
        + _words("agree agreed concur")
        + r"|good (?:point|question|idea|call|catch)|fair (?:enough|point)|seconded|upvoted for|\+1"
        + r"|(?:that's |this is |it's )?"
        + _words("true right correct exactly indeed precisely absolutely definitely")
    ),
    "disagreement": (
        rf"(?:i |i'd |i would |i'll )?(?:{_words(_FULLY)} )*"
        + _words("disagree object")
        + r"|(?:that's |this is |it's )?(?:false|wrong|incorrect|not true|not right|nonsense)|nope\b"
        + "|not "
        + _words("really necessarily quite at_all exactly so always only sure if true")
        + r"|i don't (?:think|see|believe|agree|know|understand|buy|get)"
        + r"|i'm not (?:sure|convinced|so)|i doubt|i am not"
    ),
    "no": _words("no"),
    "yes": _words("yes yeah yep yup sure ok okay of_course certainly"),
    "but": _words("but however except although unless"),
    "and": _words("and or so also then plus"),
    "why": _words("why"),
    "how": _words("how"),
    "what": _words("what"),
    "who": _words("who where when which"),
    "a question": _words(
        "do does did is are was were have has can could would should will isn't aren't don't doesn't "
        "didn't wouldn't couldn't shouldn't won't haven't"
    ),
    "this": _words("this these"),
    "that": _words("that that's those"),
    "it": _words("it it's"),
    "you": _words("you your you're you've you'd you'll"),
    "i": _words("i i'm i've i'd i'll my me personally imo imho afaik iirc"),
    "i think": (
        "i "
        + _words(
            "think believe guess suspect mean wonder assume suppose expect find feel would don't am was "
            "have had"
        )
    ),
    "an interjection": (
        r"(?:hm+\b|really\?|"
        + _words(
            "huh wow ah aah oh ouch heh haha lol well actually wait hey ugh um er eh aha hah sigh seriously"
        )
        + ")"
    ),
    "thanks or praise": (
        _words(
            "thanks thank_you great nice excellent interesting awesome brilliant good very wonderful "
            "beautiful cool fascinating welcome upvoted love"
        )
        + r"|amazing|congrat|well (?:played|said|written|put)"
    ),
    "an edit note": r"\W*(?:p\.?s|" + _words("edit eta added update note correction typo") + ")",
    "if": _words("if"),
    "we": _words("we our we're"),
    "he or they": _words("he she they his her their he's she's"),
    "the": _words("the"),
    "a": _words("a an"),
    "there": _words("there"),
    "a preposition": _words("in on at for by from with of"),
    "a connective": (
        r"e\.g|"
        + _words(
            "for_example for_instance similarly likewise in_particular specifically furthermore moreover "
            "additionally finally second first third next in_other_words in_fact in_short "
            "on_the_other_hand to_be_clear of_course anyway regardless meanwhile therefore thus hence"
        )
    ),
    "perhaps": _words("perhaps maybe possibly seems sounds looks"),
    "because": _words("because since as while given"),
}
"""How a paragraph may open, as patterns; several may hold at once."""

REPLIES = frozenset(
    (
        "agreement", "disagreement", "no", "yes", "an interjection", "thanks or praise", "why", "a question",
        "what", "how", "this", "that", "you", "it", "i think", "perhaps", "an edit note",
    )
)  # fmt: skip
"""Openings that often begin an answer."""

VERDICTS = frozenset(("agreement", "disagreement", "no", "yes", "an interjection", "thanks or praise"))
"""Openings that pass judgment on what stands before."""
