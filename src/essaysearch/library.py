"""The library: the one object behind the command line, the notebook and every other face."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date as Day
from typing import TYPE_CHECKING, Any, TypeVar

from essaysearch.columnar import pieces, quick
from essaysearch.columnar.evaluate import Evaluation
from essaysearch.columnar.snapshot import Snapshot
from essaysearch.columnar.store import Store, numba_present
from essaysearch.model import Diagnostic, Document, Hit
from essaysearch.query import Query, parse
from essaysearch.search.asking import Encoder, Search, asked
from essaysearch.search.results import Results
from essaysearch.tree import Clauses, Expand, Filter, Node, Phrase, Word

if TYPE_CHECKING:
    from essaysearch.concordance.collocates import Collocates
    from essaysearch.concordance.keyness import Keys
    from essaysearch.concordance.kwic import Lines
    from essaysearch.concordance.tables import Table
    from essaysearch.concordance.years import Years
    from essaysearch.filling.files import Progress
    from essaysearch.filling.report import IndexReport
    from essaysearch.quotations.answering import Attention
    from essaysearch.quotations.exchanges import Exchanges, Quoted, Source
    from essaysearch.search.describing import Description
    from essaysearch.search.explaining import Explanation
    from essaysearch.search.surroundings import Surroundings
    from essaysearch.search.understanding import Understood
    from essaysearch.threads import Thread
    from essaysearch.topics.files import Topic
    from essaysearch.topics.finding import TopicPassages
    from essaysearch.topics.session import Screening
    from essaysearch.topics.suggesting import Suggestion

_NAMELESS = frozenset((Word, Phrase, Expand, Filter))
"""Nodes that name nothing that would have to be looked up."""

_UNCOMPILED = 2
"""Searches a library answers before it loads compiled kernels: one-shot use never waits for them."""


AnyTable = TypeVar("AnyTable", bound="Table[Any]")


def open_library(
    path: str | os.PathLike[str] = "index", create: bool = False, fast: bool | None = None
) -> Library:
    """Open the index at ``path``; with ``create``, make an empty one where there is none.

    ``fast``: use the compiled kernels of the extra ``fast`` (None: where installed, from the third
    search on, once a process of its own has compiled them; answers are the same). Raises
    `IndexMissing`, `NotAnIndex`, `IndexDamaged`, `IndexVersion` or `ForeignWriter`, each with what to do.
    """
    return Library(Store(path, create), fast)


def _compiled() -> bool:
    """Whether there are kernels, and nobody has to wait for a compiler."""
    from essaysearch.columnar.compiling import ready

    return numba_present() and ready()


class Library:
    """An index, open for searching and adding. One object may be shared by threads.

    Every call sees the state committed last: by this process at once, by another within a millisecond.
    """

    def __init__(self, store: Store, fast: bool | None = None) -> None:
        self._store, self._fast = store, fast
        self._compiled: Any = None
        self._asked = 0
        self._loading = threading.Lock()
        self._exchanges: tuple[int, Exchanges] | None = None

    @property
    def path(self) -> str:
        """Where the index is."""
        return str(self._store.directory)

    def __repr__(self) -> str:
        snapshot = self._store.snapshot()
        return f"<Library at {self.path}: {snapshot.documents} documents, {snapshot.passages} passages>"

    def __len__(self) -> int:
        """How many passages it holds."""
        return self._store.snapshot().passages

    # Filling

    def add(
        self,
        what: str | os.PathLike[str] | Document | Iterable[str | os.PathLike[str] | Document],
        as_: str | None = None,
        prune: bool = False,
        author: str | None = None,
        date: str | None = None,
        url: str | None = None,
        progress: Progress | None = None,
        timeout: float = 10.0,
    ) -> IndexReport:
        """Read files and directories (or take documents) into the library; see `indexing.add`.

        ``as_`` names the reader; ``author``, ``date`` and ``url`` replace what the files say. Waits
        ``timeout`` seconds for another writer, then raises `IndexLocked`.
        """
        from essaysearch.filling.indexing import add

        given = {"author": author, "date": date, "url": url}
        defaults = {name: value for name, value in given.items() if value}
        return add(self._store, what, as_, prune, defaults, progress, timeout, self._fast)

    def remove(self, ids: str | Iterable[str]) -> int:
        """Delete documents by id; returns how many there were."""
        from essaysearch.filling.indexing import remove

        return remove(self._store, [ids] if isinstance(ids, str) else ids)

    def optimize(self) -> None:
        """Merge everything into one segment, without what was deleted."""
        self._store.writer().commit(optimize=True)

    # Searching

    def search(
        self,
        query: str,
        k: int | None = 10,
        offset: int = 0,
        group: str = "passage",
        sort: str | None = None,
        facets: str | Sequence[str] = (),
        narrow: str | Sequence[str] = (),
        literal: bool = False,
        proximity: bool = True,
        collapse: bool = False,
        snippets: int = 1,
        today: Day | None = None,
        expand: bool = False,
        expand_with: str | None = None,
        encoder: Encoder | None = None,
    ) -> Results:
        """The ``k`` best passages for a query (None: all), from place ``offset`` on.

        ``group``: ``passage``, or one hit for each ``document``, ``thread``, ``author`` or
        ``exchange``. ``sort``: keys of `asking.SORTS` apart by commas. ``facets``: fields whose
        values are counted over all matches. ``narrow``: queries that every hit must match as well.
        ``literal``: search exactly what was typed. ``collapse``: of passages that say nearly the
        same only the best (it links the library's quotations first, which takes a while the first
        time). ``snippets``: how many a hit has at most. ``expand``: add words that the first results
        share, as far as they can be trusted; they stand in ``.expansion``. ``expand_with``: add these
        instead, such as ``faking^0.3 scheming^0.1``. ``encoder``: a function of your own from a list
        of texts to vectors, one each; passages are ranked by their cosine with the query as well as
        by words, and both rankings fused by reciprocal rank (`encoding`). The vectors are kept in the
        index, and only new passages encoded. Raises `BadVectors` for what is none.

        What is odd about the query stands in ``.warnings``; no query raises, except for what
        exceeds a cap (`QueryTooLarge`).

        >>> [hit.rank for hit in library.search("alignment faking", k=2, offset=2)]
        [3, 4]
        """
        return self.ask(
            asked(
                query, k=k, offset=offset, group=group, sort=sort, facets=facets, narrow=narrow,
                literal=literal, proximity=proximity, collapse=collapse, snippets=snippets, today=today,
                expand=expand, expand_with=expand_with, encoder=encoder,
            )
        )  # fmt: skip

    def ask(self, search: Search) -> Results:
        """What `search` does, for a search that is a value: one kept, or made from another.

        >>> library.ask(Search("inner alignment", k=1))[0] == library.search("inner alignment")[0]
        True
        """
        from essaysearch.search.searching import run

        snapshot = self._store.snapshot()
        understood = self._understood(snapshot, search)
        return run(snapshot, search, understood, self._kernels(), self._copies(search), self)

    def stream(self, query: str | Search, **options: Any) -> tuple[Results, Iterator[Hit]]:
        """Everything a query finds: the results without their hits, and the hits, one at a time.

        ``options``: those of `search`. The hits are those of `search` in its order, of one state of
        the library, read as they are asked for; memory does not grow with them, but for a number
        for each match.
        """
        from essaysearch.search.searching import stream

        search = asked(query, **options)
        snapshot = self._store.snapshot()
        understood = self._understood(snapshot, search)
        return stream(snapshot, search, understood, self._kernels(), self._copies(search), self)

    def scores(
        self, query: str, k: int = 10, offset: int = 0, proximity: bool = False, sort: str | None = None
    ) -> list[tuple[str, float]]:
        """(passage id, score) of the ``k`` first passages from place ``offset`` on: the quickest answer.

        ``sort``: as of `search`; by score unless given.
        """
        snapshot, kernels = self._store.snapshot(), self._kernels()
        if kernels is not None and sort is None and not proximity:
            found = pieces.ids(snapshot, query, kernels, k, offset)
            if found is not None:
                return found
        tree = self._resolved(snapshot, parse(query).tree, [])
        if sort is None:
            return quick.ids(snapshot, tree, kernels, k, offset, proximity)
        from essaysearch.search.sorting import ids

        return ids(Evaluation(snapshot, tree, kernels, proximity), sort, k, offset)

    def documents(self, query: str, k: int = 1000, expand: bool = False) -> list[tuple[str, float]]:
        """(document id, score) of the ``k`` best documents: what ``search(group="document")`` finds."""
        from essaysearch.columnar.documents import best_documents

        snapshot = self._store.snapshot()
        tree = self._understood(snapshot, Search(query, group="document", expand=expand)).tree
        return best_documents(Evaluation(snapshot, tree, self._kernels()), k)

    def parse(self, query: str, today: Day | None = None, literal: bool = False) -> Query:
        """What a query means: its tree and what was odd about it."""
        return parse(query, today, literal)

    def similar(self, passage_id: str, k: int = 10) -> Results:
        """Passages like the one named, itself left out. Raises `UnknownId`."""
        self._store.snapshot().locate(passage_id)
        return self.search(f"like:{passage_id}", k)

    # Looking closer

    def show(self, id: str, before: int = 2, after: int = 2) -> Surroundings:
        """A passage (or document) in its surroundings. Raises `UnknownId`."""
        from essaysearch.search.surroundings import surroundings

        return surroundings(self._store.snapshot(), id, before, after)

    def thread(self, id: str) -> Thread:
        """The whole thread around a passage or document, as trees of replies. Raises `UnknownId`."""
        from essaysearch.search.surroundings import thread_of

        return thread_of(self._store.snapshot(), id)

    def document(self, id: str) -> Document:
        """A document as it was read, by its own id or a passage's. Raises `UnknownId`."""
        from essaysearch.search.surroundings import locate

        view, number, _ = locate(self._store.snapshot(), id)
        return view.segment.document(number)

    def all_documents(self) -> Iterator[Document]:
        """Every document, one at a time."""
        for view in self._store.snapshot().views:
            for number in range(view.segment.documents):
                if view.segment.live_documents[number]:
                    yield view.segment.document(number)

    def explain(self, passage_id: str, query: str | Search, **options: Any) -> Explanation:
        """Why a passage scores what it scores: a tree of values that sums to the score."""
        from essaysearch.search.explaining import explain

        return explain(*self._asked_for(query, options), passage_id)

    def describe(self, query: str | Search, **options: Any) -> Description:
        """What a query means, clause by clause, with the words that patterns stand for here."""
        from essaysearch.search.describing import describe

        return describe(*self._asked_for(query, options))

    def warnings(self, query: str | Search, **options: Any) -> tuple[Diagnostic, ...]:
        """What is odd about a query: what the parser could not read, and words that no passage has.

        >>> print(library.warnings("oversihgt")[0].message)
        No passage has the word `oversihgt`; did you mean `oversight`?
        """
        snapshot = self._store.snapshot()
        return tuple(self._understood(snapshot, asked(query, **options)).warnings(snapshot))

    def why_not(self, passage_id: str, query: str | Search, **options: Any) -> list[str]:
        """Why a search does not give a passage: sentences, empty where it does.

        ``options``: those of `search`, ``k`` and ``offset`` among them: a passage may be found and
        still stand below what is shown.

        >>> hit = library.search("kind:abstract debate")[0]
        >>> library.why_not(hit.passage_id, "debate kind:comment")
        ['It does not meet the condition `kind:comment`: its kind is abstract.']
        """
        from essaysearch.search.missing import why_not

        search = asked(query, **options)
        snapshot = self._store.snapshot()
        understood = self._understood(snapshot, search)
        return why_not(snapshot, search, understood, passage_id, self._kernels(), self._copies(search))

    def place(self, passage_id: str, query: str | Search, **options: Any) -> int | None:
        """The place, from 1, at which a search has a passage, however far down; None for nowhere."""
        from essaysearch.search.missing import place_of

        search = asked(query, **options)
        snapshot = self._store.snapshot()
        understood = self._understood(snapshot, search)
        return place_of(snapshot, search, understood, passage_id, self._kernels(), self._copies(search))

    # Who quotes whom

    def exchanges(self) -> Exchanges:
        """The quotations of the library linked to their sources; brought up to date when asked for."""
        from essaysearch.quotations.exchanges import open_exchanges

        snapshot = self._store.snapshot()
        held = self._exchanges
        if held is None or held[0] != snapshot.manifest.generation:
            held = self._exchanges = (snapshot.manifest.generation, open_exchanges(snapshot))
        return held[1]

    def sources(self, passage_id: str) -> list[Source]:
        """What a passage quotes, wherever in the library it stands. Raises `UnknownId`."""
        return self.exchanges().sources(self._store.snapshot(), passage_id)

    def attention(
        self, query: str | Search = "voice:own", unanswered: bool = False, **options: Any
    ) -> list[Attention]:
        """The passages in own words that a query finds, most answered first, or those nobody answered.

        See `quotations.answering.attention`.
        """
        from essaysearch.quotations.answering import attention

        snapshot, tree = self._asked_for(query, options)
        return attention(snapshot, tree, self.exchanges(), unanswered, self._kernels())

    def quoted_by(self, passage_id: str) -> list[Quoted]:
        """Who quotes a passage, and the passages that answer it there."""
        return self.exchanges().quoted_by(passage_id)

    # Words in their contexts. ``options``: those of `search` that say what is found, such as
    # ``narrow``, ``literal`` and ``today``. A table has the query's ``title`` and its ``warnings``.

    def kwic(self, query: str | Search, width: int = 50, sort: str = "place", **options: Any) -> Lines:
        """Every occurrence of what a query asks for, in context; see `kwic.kwic`.

        >>> line = library.kwic("motte-and-bailey", width=20)[0]
        >>> line.match, len(line.left) <= 20
        ('motte-and-bailey', True)
        >>> {line.kind for line in library.kwic("oversight", narrow="kind:essay")}
        {'essay'}
        """
        from essaysearch.concordance.kwic import kwic

        return self._studied(kwic, query, options, width, sort)

    def collocates(
        self,
        query: str | Search,
        measure: str = "log-likelihood",
        window: int = 5,
        least: int = 3,
        stop_words: bool = False,
        **options: Any,
    ) -> Collocates:
        """Words met near what a query asks for; see `collocates.collocates`.

        >>> library.collocates("reward")[0].word
        'hacking'
        """
        from essaysearch.concordance.collocates import collocates

        return self._studied(collocates, query, options, measure, window, least, stop_words)

    def keyness(
        self, query: str | Search, other: str | Search | None = None, least: int = 3, **options: Any
    ) -> Keys:
        """Words that tell what a query finds from what another finds, or from all the rest.

        ``options`` are for both queries.

        >>> library.keyness("kind:abstract", "kind:comment")[0].score > 3.84  # 5 in 100 by chance
        True
        """
        from essaysearch.concordance.keyness import keyness
        from essaysearch.search.understanding import aside

        if other is None:
            return self._studied(keyness, query, options, None, least)
        snapshot, against = self._store.snapshot(), asked(other, **options)
        understood = self._understood(snapshot, against)
        found = self._studied(keyness, query, options, understood.tree, least)
        odd = understood.warnings(snapshot)
        found.warnings += tuple(aside(w, found.title, f"compared with `{against.query}`") for w in odd)
        return found

    def by_year(self, query: str | Search, **options: Any) -> Years:
        """(year, passages found), the undated last as None.

        >>> [year for year, _ in library.by_year("pausing")]
        [2023, 2024, 2025, None]
        """
        from essaysearch.concordance.years import by_year

        return self._studied(by_year, query, options)

    def timeline(self, query: str | Search, author: str | None = None, **options: Any) -> Years:
        """(year, passages in own words found), near-duplicates counted once, the undated last as None.

        ``author``: only passages by this author.
        """
        from essaysearch.concordance.years import timeline

        return self._studied(timeline, query, options, self.exchanges().copies(), author)

    def _studied(
        self, study: Callable[..., AnyTable], query: str | Search, options: Mapping[str, Any], *how: Any
    ) -> AnyTable:
        """What a study makes of the passages that a query finds."""
        snapshot, search = self._store.snapshot(), asked(query, **options)
        understood = self._understood(snapshot, search)
        found = study(snapshot, understood.tree, self._kernels(), *how)
        found.title, found.warnings = search.asked, tuple(understood.warnings(snapshot))
        return found

    def _asked_for(
        self, query: str | Search, options: Mapping[str, Any] | None = None
    ) -> tuple[Snapshot, Node]:
        snapshot = self._store.snapshot()
        return snapshot, self._understood(snapshot, asked(query, **(options or {}))).tree

    # Topics

    def topic_files(self) -> dict[str, str]:
        """The topics at hand by name, with their files: beside what was indexed, and in ``topics/`` here."""
        from essaysearch.topics.files import files

        return files([*self._store.snapshot().manifest.facts.get("topics", []), "topics"])

    def topic(self, name: str) -> Topic:
        """A topic by name. Raises `TopicError`."""
        from essaysearch.topics.files import named

        return named([*self._store.snapshot().manifest.facts.get("topics", []), "topics"], name)

    def topic_passages(self, topic: str | Topic) -> TopicPassages:
        """Every passage of a topic, by what each was found, and how much may be missing."""
        from essaysearch.topics.finding import passages_of

        return passages_of(self._store.snapshot(), self._topic(topic), self._kernels())

    def topic_suggestions(self, topic: str | Topic, k: int = 20) -> list[Suggestion]:
        """Phrases that may belong to a topic, from the library itself, each with its evidence."""
        from essaysearch.topics.anchoring import answers_of
        from essaysearch.topics.suggesting import suggest

        snapshot, wanted = self._store.snapshot(), self._topic(topic)
        return suggest(snapshot, wanted, k, answers_of(snapshot, wanted), self._kernels())

    def new_topic(self, name: str, phrases: Sequence[str] = (), directory: str | None = None) -> str:
        """Write the file of a new topic; returns its path. Raises `TopicError` where there is one."""
        from essaysearch.topics.files import begin

        places = [directory] if directory else self._store.snapshot().manifest.facts.get("topics", [])
        return begin([*places, "topics"][0], name, phrases)

    def screen(
        self,
        topic: str | Topic,
        target: float = 0.95,
        confidence: float = 0.9,
        judgments: str | os.PathLike[str] | None = None,
    ) -> Screening:
        """Judge passages one by one until a recall is reached; goes on where it was left.

        ``target``: the share of the relevant to be found; ``confidence``: how sure to be of it
        before `Progress.reached`. ``judgments``: the file of answers, else beside the topic's file.
        """
        from essaysearch.topics.session import Screening

        wanted = self._topic(topic)
        return Screening(self._store.snapshot(), wanted, judgments, target, confidence, self._kernels())

    def export_topics(
        self,
        topics: Sequence[str | Topic],
        directory: str | os.PathLike[str],
        judgments: str | os.PathLike[str] | None = None,
    ) -> list[str]:
        """Write judged topics as a test collection; returns sentences on what was counted."""
        from essaysearch.topics.exporting import export

        return export(self._store.snapshot(), [self._topic(topic) for topic in topics], directory, judgments)

    def _topic(self, topic: str | Topic) -> Topic:
        return self.topic(topic) if isinstance(topic, str) else topic

    def stats(self) -> dict[str, Any]:
        """Counts and sizes, as JSON values."""
        from essaysearch.search.surroundings import stats

        return stats(self._store.snapshot())

    @property
    def digest(self) -> str:
        """16 hexadecimal digits that differ where any document does, however the index is cut."""
        from essaysearch.search.states import state_of

        return state_of(self._store.snapshot()).digest

    def verify(self) -> int:
        """Check every byte of the index; returns how many. Raises `IndexDamaged`."""
        return self._store.snapshot().verify()

    def snapshot(self) -> Snapshot:
        """The state committed last, for code that works on arrays."""
        return self._store.snapshot()

    # Within

    def _understood(self, snapshot: Snapshot, search: Search) -> Understood:
        from essaysearch.search.understanding import understand

        understood = understand(search, lambda tree, odd: self._resolved(snapshot, tree, odd))
        if not search.expand and search.expand_with is None:
            return understood
        from essaysearch.search.expanding import expanded

        return expanded(snapshot, search, understood, self._kernels())

    def _copies(self, search: Search) -> Mapping[str, int] | None:
        return self.exchanges().copies() if search.collapse else None

    def _resolved(self, snapshot: Snapshot, tree: Node, odd: list[Diagnostic]) -> Node:
        if type(tree) is Clauses and all(
            type(node) in _NAMELESS for node in (*tree.must, *tree.should, *tree.must_not)
        ):
            return tree  # the usual query
        from essaysearch.search.resolving import resolve

        return resolve(snapshot, tree, self._topic_tree, odd)

    def _topic_tree(self, name: str) -> Node:
        from essaysearch.topics.clauses import tree_of

        return tree_of(self.topic(name))

    def _kernels(self) -> Any:
        if self._compiled is None and self._fast is not False:
            self._asked += 1
            if self._fast or (self._asked > _UNCOMPILED and _compiled()):
                with self._loading:
                    from essaysearch.columnar import kernels

                    self._compiled = kernels
        return self._compiled
