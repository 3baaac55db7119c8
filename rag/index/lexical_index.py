"""Word search in the passages of one language on disk: BM25, by Tantivy."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import tantivy
from numpy.typing import NDArray

from embeddings.cache import sync
from rag.index.temporary_view import temporary_view
from rag.text.terms import ANALYSIS, FIELDS, Terms, terms

FIELD_WEIGHTS: Mapping[str, float] = {"words": 1.0, "folded": 0.5, "pairs": 0.5}
"""Weight of each field's BM25, for all languages. R@1 of a data set's questions among its
paragraphs, with the field ``words`` alone and with these weights: ViQuAD 2 dev .73 and .79, the
same typed without diacritics .29 and .75; CMRC 2018 dev .96 and .97; DRCD dev .93 and .95;
SQuADShifts new wiki .79 and .81. Half or twice the weight of ``folded`` or ``pairs`` changes these
by at most .013, except for questions without diacritics: they lose up to .06 with half, and gain up
to .02 with twice."""

_HEAP_BYTES = 96_000_000
"""Memory in which Tantivy collects passages before it writes them."""

_TOKENIZER = "terms"
_SUMMARY = "summary.json"

_FEW_ROWS = 2_000
"""Allowed rows up to which the index itself is asked for those rows only. Above, it is faster to
take the best of all rows and leave out the others: in 200,000 passages, asking for 10,000 rows took
13 ms, and the 1,000 best of all rows took 5 ms."""

Rows = NDArray[np.int64]
"""Rows of passages, shape (n,)."""

LexicalScores = NDArray[np.float32]
"""BM25 scores of passages, shape (n,)."""


@dataclass(frozen=True)
class TermStatistics:
    """What BM25 needs to know of all passages together.

    Attributes:
        passages: how many passages there are.
        tokens: how many terms each field of all passages holds, counting repetitions.
    """

    passages: int
    tokens: Mapping[str, int]


class LexicalIndex:
    """An immutable index of the passages of one language; any number of threads may search.

    Attributes:
        statistics: counts of all passages and their terms.
    """

    def __init__(self, index: tantivy.Index, language: str, statistics: TermStatistics) -> None:
        """Search an open index; :meth:`open` opens one."""
        self._searcher = index.searcher()
        self._schema = index.schema
        self._language = language
        self.statistics = statistics

    @classmethod
    def build(cls, directory: Path, passages: Iterable[tuple[int, str]], language: str) -> None:
        """Write an index of passages; when this returns, all of it is on disk.

        Passages are read one by one, and memory does not grow with their number, except for files
        that are memory-mapped while they are merged.

        Args:
            directory: a folder that is empty or does not exist.
            passages: unique rows from 0 on, and the passages' texts, in ascending order of rows.
            language: the language that the texts are analysed in; see
                :func:`rag.text.terms.terms`.

        Raises:
            FileExistsError: the folder is not empty.
            OSError: the folder cannot be written.
        """
        directory.mkdir(parents=True, exist_ok=True)
        if any(directory.iterdir()):
            raise FileExistsError(f"{directory} is not empty")
        statistics = _write(directory, passages, language)
        for lock in directory.glob(".tantivy-*.lock"):
            lock.unlink()
        # Written last: an index without it is incomplete.
        _write_summary(directory, language, statistics)

    @classmethod
    def open(cls, directory: Path, language: str) -> LexicalIndex:
        """Open an index of :meth:`build`; nothing is written to its folder.

        Raises:
            ValueError: the folder holds no index, or one that is damaged, of another language or of
                another analysis.
        """
        statistics = _read_summary(directory, language)
        with (
            _failing_as(ValueError, f"no lexical index in {directory}"),
            temporary_view(directory) as view,
        ):
            index = tantivy.Index.open(str(view))
            index.config_reader("manual")
            opened = cls(index, language, statistics)
        if opened._searcher.num_docs != statistics.passages:
            raise ValueError(f"the lexical index in {directory} lacks passages")
        return opened

    def search(
        self, question: str, top_k: int, allowed: NDArray[np.bool_] | None = None
    ) -> tuple[Rows, LexicalScores]:
        """Return the rows and scores of the best passages for a question, best first.

        The score is the sum of the fields' BM25 (k1 1.2, b .75; lengths of more than 40 terms are
        rounded to 3 bits), weighted by :data:`FIELD_WEIGHTS`. Equal scores come by ascending row.

        Args:
            question: analysed like a text in the passages' language.
            top_k: how many passages to find.
            allowed: which rows may be returned, shape (rows,); rows beyond its end may not. None
                allows all.

        Returns:
            Rows and scores, shape (n,). Passages that share no term with the question are left out,
            so n may be less than ``top_k``.
        """
        query = self._query(terms(question, self._language))
        if query is None or top_k < 1:
            return _nothing()
        if allowed is None:
            return self._best(query, top_k)
        number = int(np.count_nonzero(allowed))
        if number > _FEW_ROWS:
            return self._best_allowed(query, top_k, allowed, top_k * len(allowed) // number)
        rows = np.flatnonzero(allowed).tolist()
        among = tantivy.Query.term_set_query(self._schema, "row", rows)
        must = (query, tantivy.Query.const_score_query(among, 0.0))
        both = tantivy.Query.boolean_query([(tantivy.Occur.Must, part) for part in must])
        return self._best(both, top_k)

    def rows(self) -> Rows:
        """Return all rows in ascending order, shape (n,)."""
        if self.statistics.passages == 0:
            return _nothing()[0]
        rows, _ = self._best(tantivy.Query.all_query(), self.statistics.passages)
        return rows

    def document_frequency(self, field: str, term: str) -> int:
        """Return how many passages contain a term in a field."""
        return self._searcher.doc_freq(field, term)

    def _query(self, question: Terms) -> tantivy.Query | None:
        """Return the query for a question's terms; None if no passage contains any of them."""
        clauses = []
        for field in FIELDS:
            # A repeated term of the question counts once.
            for term in dict.fromkeys(getattr(question, field)):
                if self.document_frequency(field, term):
                    query = tantivy.Query.term_query(self._schema, field, term, "freq")
                    boosted = tantivy.Query.boost_query(query, FIELD_WEIGHTS[field])
                    clauses.append((tantivy.Occur.Should, boosted))
        return tantivy.Query.boolean_query(clauses) if clauses else None

    def _best(self, query: tantivy.Query, top_k: int) -> tuple[Rows, LexicalScores]:
        """Return the rows and scores of the ``top_k`` best matches, at least 1."""
        # Tantivy allocates memory for as many results as it is asked for.
        limit = min(top_k, self.statistics.passages)
        hits = self._searcher.search(query, limit, count=False).hits
        scores = np.array([score for score, _ in hits], dtype=np.float32)
        values = self._searcher.fast_field_values("row", [address for _, address in hits])
        rows = np.array(values, dtype=np.int64)
        order = np.lexsort((rows, -scores))
        return rows[order], scores[order]

    def _best_allowed(
        self, query: tantivy.Query, top_k: int, allowed: NDArray[np.bool_], limit: int
    ) -> tuple[Rows, LexicalScores]:
        """Take ever more of the best matches, ``limit`` at first, until ``top_k`` are allowed."""
        while True:
            rows, scores = self._best(query, limit)
            kept = np.flatnonzero(rows < len(allowed))
            kept = kept[allowed[rows[kept]]]
            if len(kept) >= top_k or len(rows) < limit:
                return rows[kept[:top_k]], scores[kept[:top_k]]
            limit *= 2


def _nothing() -> tuple[Rows, LexicalScores]:
    return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)


def _write(directory: Path, passages: Iterable[tuple[int, str]], language: str) -> TermStatistics:
    """Write all passages in one commit, and wait until Tantivy has merged its segments."""
    failing = f"no lexical index can be written in {directory}"
    with _failing_as(OSError, failing):
        index = tantivy.Index(_schema(), path=str(directory))
        # The texts are analysed already: Tantivy has only to split the terms at spaces.
        spaces = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
        index.register_tokenizer(_TOKENIZER, spaces)
        # Otherwise a thread reads each commit, and may write a lock file when all else has ended.
        index.config_reader("manual")
        # With two threads, each with a heap of its own, indexing crashed.
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
    return TermStatistics(count, tokens)


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for field in FIELDS:
        builder.add_text_field(field, tokenizer_name=_TOKENIZER, index_option="freq")
    builder.add_unsigned_field("row", indexed=True, fast=True)
    return builder.build()


def _write_summary(directory: Path, language: str, statistics: TermStatistics) -> None:
    """Write what Tantivy does not store: the statistics, and how the terms were made."""
    summary = {"analysis": ANALYSIS, "language": language, **asdict(statistics)}
    with (directory / _SUMMARY).open("w", encoding="utf-8") as file:
        json.dump(summary, file)
        file.flush()
        os.fsync(file.fileno())
        mode = os.fstat(file.fileno()).st_mode & 0o777
    # Tantivy lets only its own user read these files; make them as readable as the others.
    for name in ("meta.json", ".managed.json"):
        (directory / name).chmod(mode)
    # Tantivy has flushed its files, but not the folder after it renamed the last file.
    sync(directory)


def _read_summary(directory: Path, language: str) -> TermStatistics:
    """Return an index's statistics; ValueError if it is not an index of this language."""
    try:
        summary = json.loads((directory / _SUMMARY).read_text(encoding="utf-8"))
        found = summary["analysis"], summary["language"]
        tokens = {field: int(summary["tokens"][field]) for field in FIELDS}
        statistics = TermStatistics(int(summary["passages"]), tokens)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ValueError(f"no lexical index in {directory}: {error}") from error
    if found != (ANALYSIS, language):
        raise ValueError(f"the lexical index in {directory} has analysis and language {found}")
    return statistics


@contextmanager
def _failing_as(kind: type[Exception], message: str) -> Iterator[None]:
    """Raise Tantivy's errors as errors of another class."""
    try:
        yield
    except BaseException as error:
        # Tantivy panics, as over a damaged file, are not subclasses of Exception, and their class
        # cannot be imported.
        if not isinstance(error, ValueError) and type(error).__name__ != "PanicException":
            raise
        raise kind(f"{message}: {error}") from error
