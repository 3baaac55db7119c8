"""Word-for-word search in the passages of one language of a snapshot on disk: BM25, by Tantivy."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import tantivy
from numpy.typing import NDArray

from embeddings.cache import sync
from rag.records.passage import Keys
from rag.text.terms import ANALYSIS, FIELDS, Terms, terms

WEIGHTS: Mapping[str, float] = {"words": 1.0, "folded": 0.5, "pairs": 0.5}
"""Of each field's BM25, for all languages. R@1 of a file's questions among its paragraphs, by words
alone and by these weights: ViQuAD 2 dev .73 and .79, typed without diacritics .29 and .75;
CMRC 2018 dev .96 and .97; DRCD dev .93 and .95; SQuADShifts new wiki .79 and .81. Halving or
doubling one of the latter two changes that by .013 at most; only questions without diacritics lose
up to .06 by half the weight and gain up to .02 by twice."""

_HEAP_BYTES = 96_000_000
_TOKENIZER = "terms"
_SUMMARY = "summary.json"

_FEW = 2_000
"""Up to so many allowed rows are looked up in the index itself. Beyond, it is quicker to take the
best of all rows and pass over what is not allowed: in 200,000 passages 10,000 rows took 13 ms to
look up, the 1,000 best of all 5 ms."""

LexicalScores = NDArray[np.float32]


@dataclass(frozen=True)
class Statistics:
    """What BM25 needs to know of all passages together.

    Attributes:
        passages: how many there are.
        tokens: how many terms each field holds in all passages, repeated ones included.
    """

    passages: int
    tokens: Mapping[str, int]


class LexicalIndex:
    """The passages of one language of an immutable snapshot; many threads may search at once.

    Attributes:
        statistics: of all passages.
    """

    def __init__(self, index: tantivy.Index, language: str, statistics: Statistics) -> None:
        """Search an open index; :meth:`open` opens one."""
        self._searcher = index.searcher()
        self._schema = index.schema
        self._language = language
        self.statistics = statistics

    @classmethod
    def build(cls, directory: Path, passages: Iterable[tuple[int, str]], language: str) -> None:
        """Write an index of passages; when this returns, all of it is on disk for good.

        Passages are read one by one; memory does not grow with them, but for files that are mapped
        while they are merged.

        Args:
            directory: empty or not there yet.
            passages: unique rows, 0 or more, and their texts; best in ascending order of rows,
                which passages of equal score then come in.
            language: what the texts are analysed as; see :func:`rag.text.terms.terms`.

        Raises:
            FileExistsError: the directory is not empty.
            OSError: it cannot be written.
        """
        directory.mkdir(parents=True, exist_ok=True)
        if any(directory.iterdir()):
            raise FileExistsError(f"{directory} is not empty")
        statistics = _write(directory, passages, language)
        for lock in directory.glob(".tantivy-*.lock"):
            lock.unlink()
        # Last, so that without it an index is known to be incomplete.
        _write_summary(directory, language, statistics)

    @classmethod
    def open(cls, directory: Path, language: str) -> LexicalIndex:
        """Open what :meth:`build` wrote, for reading only; nothing is written to the directory.

        Raises:
            ValueError: there is no index, none of this language, one of another analysis, or a
                damaged one.
        """
        statistics = _read_summary(directory, language)
        with _failing_as(ValueError, f"no lexical index in {directory}"), _view(directory) as view:
            index = tantivy.Index.open(str(view))
            index.config_reader("manual")
            opened = cls(index, language, statistics)
        if opened._searcher.num_docs != statistics.passages:
            raise ValueError(f"the lexical index in {directory} lacks passages")
        return opened

    def search(
        self, question: str, k: int, allowed: NDArray[np.bool_] | None = None
    ) -> tuple[Keys, LexicalScores]:
        """Return the ``k`` best passages for a question, best first: rows and scores, shape (n,).

        The score is BM25 (k1 1.2, b .75; lengths of over 40 terms are rounded to 3 bits) of each
        field, weighted by :data:`WEIGHTS` and summed. Equal scores come by ascending row. Passages
        that share no term with the question are not returned, so n may be less than ``k``.

        Args:
            question: analysed as a text in the passages' language.
            k: at most so many.
            allowed: rows that may be returned, shape (rows,); rows beyond its end may not. None
                allows all.
        """
        query = self._query(terms(question, self._language))
        if query is None or k < 1:
            return _none()
        if allowed is None:
            return self._best(query, k)
        number = int(np.count_nonzero(allowed))
        if number > _FEW:
            return self._best_allowed(query, k, allowed, k * len(allowed) // number)
        rows = np.flatnonzero(allowed).tolist()
        among = tantivy.Query.term_set_query(self._schema, "row", rows)
        must = (query, tantivy.Query.const_score_query(among, 0.0))
        both = tantivy.Query.boolean_query([(tantivy.Occur.Must, part) for part in must])
        return self._best(both, k)

    def rows(self) -> Keys:
        """Return all rows in ascending order, shape (n,)."""
        if self.statistics.passages == 0:
            return _none()[0]
        rows, _ = self._best(tantivy.Query.all_query(), self.statistics.passages)
        return rows

    def document_frequency(self, field: str, term: str) -> int:
        """Return how many passages hold a term in one of the fields."""
        return self._searcher.doc_freq(field, term)

    def _query(self, of: Terms) -> tantivy.Query | None:
        """Return the query for a question's terms; None when no passage holds any of them."""
        clauses = []
        for field in FIELDS:
            # A term that is asked for twice counts once.
            for term in dict.fromkeys(getattr(of, field)):
                if self.document_frequency(field, term):
                    query = tantivy.Query.term_query(self._schema, field, term, "freq")
                    boosted = tantivy.Query.boost_query(query, WEIGHTS[field])
                    clauses.append((tantivy.Occur.Should, boosted))
        return tantivy.Query.boolean_query(clauses) if clauses else None

    def _best(self, query: tantivy.Query, k: int) -> tuple[Keys, LexicalScores]:
        """Return the rows of the ``k`` best matches, 1 or more, and their scores."""
        # Tantivy makes room for as many results as it is asked for.
        limit = min(k, self.statistics.passages)
        hits = self._searcher.search(query, limit, count=False).hits
        scores = np.array([score for score, _ in hits], dtype=np.float32)
        values = self._searcher.fast_field_values("row", [address for _, address in hits])
        rows = np.array(values, dtype=np.int64)
        order = np.lexsort((rows, -scores))
        return rows[order], scores[order]

    def _best_allowed(
        self, query: tantivy.Query, k: int, allowed: NDArray[np.bool_], limit: int
    ) -> tuple[Keys, LexicalScores]:
        """Look at ever more of the best matches, ``limit`` at first, until ``k`` are allowed."""
        while True:
            rows, scores = self._best(query, limit)
            kept = np.flatnonzero(rows < len(allowed))
            kept = kept[allowed[rows[kept]]]
            if len(kept) >= k or len(rows) < limit:
                return rows[kept[:k]], scores[kept[:k]]
            limit *= 2


def _none() -> tuple[Keys, LexicalScores]:
    return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)


def _write(directory: Path, passages: Iterable[tuple[int, str]], language: str) -> Statistics:
    """Write all passages in one commit, and wait until segments are merged."""
    failing = f"no lexical index can be written in {directory}"
    with _failing_as(OSError, failing):
        index = tantivy.Index(_schema(), path=str(directory))
        # The terms are ready made; all that is left to do is to part them.
        spaces = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
        index.register_tokenizer(_TOKENIZER, spaces)
        # With two threads, each with a heap to match, indexing died.
        writer = index.writer(heap_size=_HEAP_BYTES, num_threads=1)
    count, tokens = 0, dict.fromkeys(FIELDS, 0)
    for row, text in passages:
        found = terms(text, language)
        document = tantivy.Document()
        document.add_unsigned("row", row)
        for field in FIELDS:
            tokens[field] += len(getattr(found, field))
            document.add_text(field, " ".join(getattr(found, field)))
        count += 1
        with _failing_as(OSError, failing):
            writer.add_document(document)
    with _failing_as(OSError, failing):
        writer.commit()
        writer.wait_merging_threads()
    return Statistics(count, tokens)


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for field in FIELDS:
        builder.add_text_field(field, tokenizer_name=_TOKENIZER, index_option="freq")
    builder.add_unsigned_field("row", indexed=True, fast=True)
    return builder.build()


def _write_summary(directory: Path, language: str, statistics: Statistics) -> None:
    """Write what Tantivy does not tell: mean lengths, and what the terms are made by."""
    summary = {"analysis": ANALYSIS, "language": language, **asdict(statistics)}
    with (directory / _SUMMARY).open("w", encoding="utf-8") as file:
        json.dump(summary, file)
        file.flush()
        os.fsync(file.fileno())
        mode = os.fstat(file.fileno()).st_mode & 0o777
    # Tantivy makes these for its own user alone; they are to be as readable as all others.
    for name in ("meta.json", ".managed.json"):
        (directory / name).chmod(mode)
    # Tantivy has flushed its files, but not the directory after it renamed the last one.
    sync(directory)


def _read_summary(directory: Path, language: str) -> Statistics:
    """Return an index's statistics; ValueError when it is none that serves."""
    try:
        summary = json.loads((directory / _SUMMARY).read_text(encoding="utf-8"))
        found = summary["analysis"], summary["language"]
        tokens = {field: int(summary["tokens"][field]) for field in FIELDS}
        statistics = Statistics(int(summary["passages"]), tokens)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ValueError(f"no lexical index in {directory}: {error}") from error
    if found != (ANALYSIS, language):
        raise ValueError(f"the lexical index in {directory} is of {found}")
    return statistics


@contextmanager
def _view(directory: Path) -> Iterator[Path]:
    """Give a directory of links to an index's files.

    Tantivy takes a lock by writing a file beside the index, even if it only reads: this way the
    lock stays out of the index, which may be read-only. The files are mapped when the index is
    opened, and need no name from then on.
    """
    with TemporaryDirectory(prefix="tamngu-") as name:
        for path in directory.resolve().iterdir():
            (Path(name) / path.name).symlink_to(path)
        yield Path(name)


@contextmanager
def _failing_as(kind: type[Exception], message: str) -> Iterator[None]:
    """Raise Tantivy's errors as errors of another kind."""
    try:
        yield
    except BaseException as error:
        # A panic of Tantivy's, as over a damaged file, is no Exception, and its class has no name
        # to import.
        if not isinstance(error, ValueError) and type(error).__name__ != "PanicException":
            raise
        raise kind(f"{message}: {error}") from error
