"""The engines essaysearch is measured beside, each as a function from documents to a search.

All see the same words: title and text of a document in one field, English stemming, and the
query's words without its punctuation, any of which may match. Each peer comes in the settings that a
competent user would choose between, with and without stop words; the better one on a collection counts
there as the peer's, which leans towards the peers, as ours has one setting for all.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from importlib.metadata import version
from typing import Any

import numpy as np

from essaysearch.measuring.evaluation import Search
from essaysearch.model import Document


def _words(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().lower()


def _text(document: Document) -> str:
    return f"{document.title or ''} {document.text}"


def tantivy(documents: Iterable[Document], stop_words: bool = False) -> Search:
    """tantivy through its Python binding: simple tokenizer, lower case, English stemmer."""
    import tantivy as engine

    analyzer = engine.TextAnalyzerBuilder(engine.Tokenizer.simple()).filter(engine.Filter.lowercase())
    if stop_words:
        analyzer = analyzer.filter(engine.Filter.stopword("english"))
    builder = engine.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw")
    builder.add_text_field("text", tokenizer_name="english")
    index = engine.Index(builder.build())
    index.register_tokenizer("english", analyzer.filter(engine.Filter.stemmer("english")).build())
    writer = index.writer(num_threads=1)
    for document in documents:
        writer.add_document(engine.Document(id=document.id, text=_text(document)))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def search(text: str, k: int) -> list[tuple[str, float]]:
        hits = searcher.search(index.parse_query(_words(text), ["text"]), k).hits
        return [(searcher.doc(address)["id"][0], score) for score, address in hits]

    return search


def bm25s(documents: Iterable[Document], stop_words: bool = True) -> Search:
    """bm25s with PyStemmer's English stemmer and its own English stop words, or none."""
    import bm25s as engine
    import Stemmer

    held = list(documents)
    options: dict[str, Any] = {"stopwords": "en" if stop_words else None, "show_progress": False}
    options["stemmer"] = Stemmer.Stemmer("english")
    index = engine.BM25()
    index.index(engine.tokenize([_text(document) for document in held], **options), show_progress=False)

    def search(text: str, k: int) -> list[tuple[str, float]]:
        words = engine.tokenize([text], **options)
        found, scores = index.retrieve(words, k=min(k, len(held)), show_progress=False)
        return [
            (held[at].id, float(score)) for at, score in zip(found[0], scores[0], strict=True) if score > 0
        ]

    return search


def whoosh(documents: Iterable[Document], snowball: bool = False) -> Search:
    """Stock Whoosh, its BM25F, any of the words; its default stemmer (Porter) or Snowball's.

    Its matchers score each word of a query once for all queries, and an Or adds them up, as Whoosh's
    does: the same scores in a hundredth of the time.
    """
    from whoosh import analysis, fields
    from whoosh.filedb.filestore import RamStorage

    analyzer = analysis.LanguageAnalyzer("en") if snowball else analysis.StemmingAnalyzer()
    schema = fields.Schema(id=fields.ID(stored=True), text=fields.TEXT(analyzer=analyzer))
    index = RamStorage().create_index(schema)
    writer = index.writer(limitmb=512)
    ids = []
    for document in documents:
        writer.add_document(id=document.id, text=_text(document))
        ids.append(document.id)
    writer.commit(optimize=True)
    searcher = index.searcher()
    known: dict[str, tuple[np.ndarray, np.ndarray]] = {}

    def scored(word: str) -> tuple[np.ndarray, np.ndarray]:
        """The documents of a word and its score in each, from Whoosh's own matcher."""
        if word not in known:
            found, scores = [], []
            if ("text", word) in searcher.reader():
                matcher = searcher.postings("text", word)
                while matcher.is_active():
                    found.append(matcher.id())
                    scores.append(matcher.score())
                    matcher.next()
            known[word] = np.array(found, dtype=np.int64), np.array(scores)
        return known[word]

    def search(text: str, k: int) -> list[tuple[str, float]]:
        total = np.zeros(len(ids))
        for word, times in Counter(token.text for token in analyzer(text, mode="query")).items():
            at, scores = scored(word)
            total[at] += times * scores
        order = np.argsort(-total, kind="stable")[:k]
        return [(ids[at], float(total[at])) for at in order if total[at] > 0]

    return search


Engine = Callable[[Iterable[Document]], Search]
PEERS: dict[str, dict[str, Engine]] = {
    "tantivy": {"all words": tantivy, "stop words": partial(tantivy, stop_words=True)},
    "bm25s": {"stop words": bm25s, "all words": partial(bm25s, stop_words=False)},
    "whoosh": {"Porter": whoosh, "Snowball": partial(whoosh, snowball=True)},
}
"""Each peer with its settings."""

PACKAGES = {"tantivy": "tantivy", "bm25s": "bm25s", "whoosh": "whoosh3"}


def named(peer: str) -> str:
    """The peer with its version, as results name it."""
    return f"{peer} {version(PACKAGES[peer])}"
