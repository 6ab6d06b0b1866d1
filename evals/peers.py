"""The engines essaysearch is measured beside, each as a function from documents to a search.

All see the same words: title and text of a document in one field, English stemming, and the
query's words without its punctuation, any of which may match. Otherwise they stand as they
come: default parameters, default stop words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from importlib.metadata import version

from essaysearch.measuring.evaluation import Search
from essaysearch.model import Document


def _words(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().lower()


def _text(document: Document) -> str:
    return f"{document.title or ''} {document.text}"


def tantivy(documents: Iterable[Document]) -> Search:
    """tantivy through its Python binding, analyzer ``en_stem`` (which has no stop words)."""
    import tantivy as engine

    builder = engine.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw")
    builder.add_text_field("text", tokenizer_name="en_stem")
    index = engine.Index(builder.build())
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


def bm25s(documents: Iterable[Document]) -> Search:
    """bm25s with PyStemmer's English stemmer and its own English stop words."""
    import bm25s as engine
    import Stemmer

    held = list(documents)
    stemmer = Stemmer.Stemmer("english")
    options = {"stopwords": "en", "stemmer": stemmer, "show_progress": False}
    index = engine.BM25()
    index.index(engine.tokenize([_text(document) for document in held], **options), show_progress=False)

    def search(text: str, k: int) -> list[tuple[str, float]]:
        words = engine.tokenize([text], **options)
        found, scores = index.retrieve(words, k=min(k, len(held)), show_progress=False)
        return [
            (held[at].id, float(score)) for at, score in zip(found[0], scores[0], strict=True) if score > 0
        ]

    return search


def whoosh(documents: Iterable[Document]) -> Search:
    """Stock Whoosh: its stemming analyzer, its BM25F, any of the words."""
    from whoosh import analysis, fields, query
    from whoosh.filedb.filestore import RamStorage

    analyzer = analysis.StemmingAnalyzer()
    schema = fields.Schema(id=fields.ID(stored=True), text=fields.TEXT(analyzer=analyzer))
    index = RamStorage().create_index(schema)
    writer = index.writer(limitmb=512)
    for document in documents:
        writer.add_document(id=document.id, text=_text(document))
    writer.commit()
    searcher = index.searcher()

    def search(text: str, k: int) -> list[tuple[str, float]]:
        terms = [query.Term("text", token.text) for token in analyzer(text, mode="query")]
        return [(hit["id"], hit.score) for hit in searcher.search(query.Or(terms), limit=k)]

    return search


Engine = Callable[[Iterable[Document]], Search]
PEERS: dict[str, Engine] = {"tantivy": tantivy, "bm25s": bm25s, "whoosh": whoosh}
PACKAGES = {"tantivy": "tantivy", "bm25s": "bm25s", "whoosh": "whoosh3"}


def named(peer: str) -> str:
    """The peer with its version, as results name it."""
    return f"{peer} {version(PACKAGES[peer])}"
