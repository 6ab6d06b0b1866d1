"""Pages without quote marks as one library: what is called quoted once they are compared.

The voices that the cues give come from outside (`voices`: of a fold that did not learn from the
page's author); what they become in the library is decided by the product's own code.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import voice_data
from voice_fitting import Array, Labels

from essaysearch.filling.elsewhere import revoiced
from essaysearch.model import Block, Document
from essaysearch.quotations.linking import QuoteIndex
from essaysearch.readers import comment_page
from essaysearch.readers.paragraphs import blocks_of
from essaysearch.text.passages import split

BETWEEN = "\n\n"


def called_quoted(
    pages: Sequence[voice_data.Page],
    quoted: Labels,
    own: Labels,
    probability: Array,
    posts: Sequence[voice_data.Post] = (),
) -> Labels:
    """Which paragraphs are called quoted, over all pages in order.

    ``quoted``, ``own`` and ``probability`` (of being quoted) are what the cues say of each paragraph.
    """
    words = QuoteIndex()
    documents = []
    first = 0
    for number, page in enumerate(pages):
        last = first + len(page.texts)
        documents.append(_page(number, page, quoted[first:last], own[first:last], probability[first:last]))
        first = last
    for document in documents + [_post(post) for post in posts]:
        words.add(document, split(document))
    lost = {document.id for document in documents}
    found = []
    for document in documents:
        revised, _ = revoiced(document, words, lost)
        found += [block.voice == "quoted" for block in revised.blocks]
    return np.array(found, dtype=bool)


def _page(number: int, page: voice_data.Page, quoted: Labels, own: Labels, probability: Array) -> Document:
    blocks = []
    at = 0
    for n, text in enumerate(page.texts):
        voice = "quoted" if quoted[n] else "own" if own[n] else "unknown"
        sure = float(1 - probability[n] if own[n] else probability[n])
        depth = 1 if quoted[n] else 0
        reason = comment_page.LOST_MARKS
        blocks.append(Block(at, at + len(text), "paragraph", voice, depth, confidence=sure, reason=reason))
        at += len(text) + len(BETWEEN)
    return Document(
        id=f"page-{number}",
        kind="comment",
        text=BETWEEN.join(page.texts),
        blocks=tuple(blocks),
        authors=(page.author,),
        reader=comment_page.READER.name,
    )


def _post(post: voice_data.Post) -> Document:
    blocks = blocks_of(post.text, headings=False)
    authors = (post.author,) if post.author else ()
    return Document(post.id, "post", post.text, blocks, authors=authors, date=post.day or None)
