"""Why a paragraph was judged as it was, in words: the cues that weighed most, as a short sentence.

Names of cues are already close to words (`cues`); here they become clauses. A cue that
means nothing to a reader by itself (a length, a rate of letters) gives no clause.
"""

from __future__ import annotations

from collections.abc import Iterable

_WHOLE = {
    "question, then yes or no": "it asks, and the next paragraph answers yes or no",
    "question, then a statement": "it asks, and the next paragraph states",
    "no I here, I in the next": "it has no first person, the next paragraph has",
    "next: opens like an answer": "the next paragraph opens like an answer",
    "next: opens with a verdict": "the next paragraph opens with a verdict",
    "next: shares words": "the next paragraph takes up its words",
    "next: shares a rare word": "the next paragraph takes up a rare word",
    "next: shares many words": "the next paragraph takes up its words",
    "next: first sentence takes words up": "the next paragraph's first sentence takes up its words",
    "next: share of its first sentence taken up": "the next paragraph's first sentence takes up its words",
    "next: takes words up and negates": "the next paragraph denies it in its own words",
    "next: points at a word of this": "the next paragraph points back at one of its words",
    "next: repeats three words in a row": "the next paragraph repeats it",
    "next: points at the text": "the next paragraph speaks of a text",
    "next: words for posts": "the next paragraph speaks of a text",
    "breaks off, the next begins anew": "it breaks off, and the next paragraph begins anew",
    "one sentence, the next has more": "it is one sentence, the next paragraph has more",
    "other apostrophes than the next": "its apostrophes differ from those of the next paragraph",
    "before: shares words": "it goes on with the words of the paragraph before",
    "before: shares a rare word": "it goes on with a word of the paragraph before",
    "before: announces, with a word of saying": "the paragraph before announces a text",
    "before: announces, no list": "the paragraph before announces it",
    "before: announces a list": "the paragraph before announces an example",
    "before: a short announcement": "a short line announces it",
    "before: ends with colon": "the paragraph before ends with a colon",
    "announced, and bulleted": "it is an announced list",
    "announced, and begins small": "it is announced and begins with a small letter",
    "the next puts words of this in quotation marks": "the next paragraph quotes words of it",
    "a later one puts words of this in quotation marks": "a later paragraph quotes words of it",
    "an earlier one puts words of this in quotation marks": "an earlier paragraph quotes words of it",
    "curly quotes, the page has straight ones": "its quotation marks are curly, the page's straight",
    "straight quotes, the page has curly ones": "its quotation marks are straight, the page's curly",
    "dashes, the page has none": "it uses dashes, the page does not",
    "hyphens for dashes, the page has none": "it uses hyphens for dashes, the page does not",
    "other spacing than the page": "it is spaced otherwise than the page",
    "repeated on the page": "it stands on the page more than once",
    "next: none": "nothing follows it",
    "before: none": "nothing stands before it",
    "page: first paragraph": "the page begins with it",
    "page: last paragraph": "the page ends with it",
    "comment: first paragraph": "the comment begins with it",
    "comment: last paragraph": "the comment ends with it",
    "comment: only paragraph": "it is the whole comment",
    "comment: second paragraph": "it is the comment's second paragraph",
}

_HOLDS = {
    "own quotation marks": "stands in quotation marks",
    "addresses someone": "addresses someone by name",
    "names a speaker": "names a speaker",
    "bulleted": "is a list",
    "label": "is a short label",
    "attribution": "is an attribution",
    "name line": "is a name",
    "introduces": "uses a word of saying",
    "points at the text": "speaks of a text",
    "smiley": "has a smiley",
    "citation": "ends with a citation",
    "one sentence": "is one sentence",
    "no first person": "has no first person",
    "first person": "speaks in the first person",
    "share of first person": "speaks in the first person",
    "second person": "says you",
    "share of second person": "says you",
    "we": "says we",
    "words for posts": "speaks of posts or comments",
    "words of saying": "uses a word of saying",
    "brackets": "has words in brackets",
    "ellipses": "leaves something out with an ellipsis",
    "question marks": "asks",
    "exclamation marks": "exclaims",
    "hedges": "hedges",
    "negation": "denies something",
    "share of contractions": "uses contractions",
    "long": "is long",
    "a few words": "is a few words",
    "no letters": "holds no words",
    "link": "holds a link",
    "only a link": "is a link",
}
_SIDES = {"self": "it", "next": "the next paragraph", "before": "the paragraph before"}
_DULL = frozenset(("capital", "other", "something else", "the", "a", "a preposition", "i"))


def clause(cue: str) -> str:
    """The cue as a clause, or "" where it says nothing to a reader.

    >>> clause("next: opens with disagreement")
    'the next paragraph opens with disagreement'
    """
    if cue in _WHOLE:
        return _WHOLE[cue]
    side, _, what = cue.partition(": ")
    subject = _SIDES.get(side)
    if subject is None:
        return ""
    if what in _HOLDS:
        return f"{subject} {_HOLDS[what]}"
    for verb in ("ends", "begins", "opens"):
        found = what.removeprefix(f"{verb} with ")
        if found != what and found not in _DULL:
            return f"{subject} {verb} with {_article(found) if verb != 'opens' else _quoted(found)}"
    return ""


def sentence(contributions: Iterable[tuple[float, str]], most: int = 3, least: float = 0.1) -> str:
    """The first ``most`` clauses of cues that weigh at least ``least``, joined; "" where none do.

    ``contributions`` are (weight, cue), largest first.
    """
    clauses: list[str] = []
    for weight, cue in contributions:
        if weight < least or len(clauses) == most:
            break
        if (words := clause(cue)) and words not in clauses:
            clauses.append(words)
    return "; ".join(clauses)


def _quoted(opening: str) -> str:
    words = (
        "no",
        "yes",
        "but",
        "and",
        "why",
        "how",
        "what",
        "who",
        "this",
        "that",
        "it",
        "you",
        "i think",
        "if",
    )
    if opening in (*words, "we", "there", "perhaps", "because"):
        return "“" + opening.replace("i think", "I think") + "”"
    return opening


def _article(mark: str) -> str:
    if mark == "no mark":
        return "no punctuation mark"
    return f"an {mark}" if mark[:1] in "aeiou" else f"a {mark}"
