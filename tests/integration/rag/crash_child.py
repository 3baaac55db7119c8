"""The process that test_crash.py kills: it changes a collection and prints each change.

It prints a line before each call that changes something, and ``done`` after it. Its encoder only
looks up known vectors, because loading a model would take longer than all the rest.
"""

from __future__ import annotations

import ctypes
import os
import pickle
import random
import sys
import traceback
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from embeddings import Fingerprint, TokenVectors, Vectors
from rag.collection import collection as thresholds
from rag.collection.collection import Collection
from rag.records.passage import EncodedArticle

NAME = "crash"


@dataclass(frozen=True)
class Pool:
    """Encoded articles by id and content hash, and the fingerprint of their encoder."""

    fingerprint: Fingerprint
    articles: dict[str, dict[str, EncodedArticle]]


class KnownTexts:
    """An encoder that knows only the texts of a pool."""

    max_passage_tokens = max_question_tokens = 512
    truncated = 0

    def __init__(self, pool: Pool) -> None:
        self.fingerprint = pool.fingerprint
        self._vectors: dict[str, Vectors] = {}
        for entry in (entry for versions in pool.articles.values() for entry in versions.values()):
            text = entry.article.text
            for encoded in entry.passages:
                passage = encoded.passage
                self._vectors[text[passage.start : passage.end]] = encoded.vector
                for span, vector in zip(passage.sentences, encoded.sentence_vectors, strict=True):
                    self._vectors[span.of(text)] = vector

    def encode_passages(self, texts: Sequence[str], progress: object = None) -> Vectors:
        return np.stack([self._vectors[text] for text in texts])

    encode_questions = encode_passages

    def encode_passages_by_token(
        self, texts: Sequence[str], progress: object = None
    ) -> tuple[Vectors, Sequence[TokenVectors]]:
        return self.encode_passages(texts), ()

    encode_questions_by_token = encode_passages_by_token

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text) for text in texts]


def say(*words: str) -> None:
    # Without a buffer, so that every line written before a kill arrives.
    os.write(1, (" ".join(words) + "\n").encode())


def put(collection: Collection, entries: Iterable[EncodedArticle]) -> None:
    entries = list(entries)
    words = [word for entry in entries for word in (entry.article.id, entry.article.content_hash)]
    say("put", *words)
    collection.put(entries)
    say("done")


def delete(collection: Collection, article_id: str) -> None:
    say("delete", article_id)
    collection.delete(article_id)
    say("done")


def compact(collection: Collection) -> None:
    say("compact")
    collection.compact()
    say("done")


def churn(collection: Collection, pool: Pool, chance: random.Random) -> None:
    """Put, update, delete and compact until the process is killed."""
    ids = sorted(pool.articles)
    while True:
        drawn = chance.random()
        if drawn < 0.7:
            chosen = chance.sample(ids, chance.choice((1, 1, 1, 3)))
            put(collection, [chance.choice([*pool.articles[name].values()]) for name in chosen])
            # It runs in a background thread while this one goes on writing.
            collection.compact_if_grown()
        elif drawn < 0.97:
            delete(collection, chance.choice(ids))
        else:
            compact(collection)


def scenario(collection: Collection, pool: Pool) -> None:
    """Make a few changes of each kind, the same in each run."""
    versions = [
        [*entries.values()] for name, entries in sorted(pool.articles.items()) if "vi" in name
    ]
    one, two, three = versions[:3]
    put(collection, [one[0], two[0]])
    put(collection, [one[1]])
    delete(collection, two[0].article.id)
    compact(collection)
    put(collection, [two[1], three[0]])
    delete(collection, one[1].article.id)
    compact(collection)


def run(home: str, pool: Pool, encoder: KnownTexts, how: str, *numbers: str) -> None:
    """Open the collection and change it: by the scenario, or by random changes."""
    if how == "scenario":
        ctypes.CDLL(None).crash_arm(*map(int, numbers))
    say("open")
    collection = Collection.open_or_create(Path(home), NAME, encoder)
    with collection.writing(), collection.reading():
        say("done")
    if how == "scenario":
        scenario(collection, pool)
        say("close")
        collection.close()
        say("done")
    else:
        # Low thresholds, so that generations are replaced often.
        thresholds._MIN_STALE = thresholds._MAX_STALE = 40
        with collection.writing():
            say("writing")
            churn(collection, pool, random.Random(int(numbers[0])))


def run_each(home: str, pool: Pool, encoder: KnownTexts) -> None:
    """Run the scenario in a new process for each line of input: a name, a step, a side.

    The process prints to a file of that name; its exit code is printed here.
    """
    for line in sys.stdin:
        name, *numbers = line.split()
        child = os.fork()
        if not child:
            try:
                os.dup2(os.open(f"{home}/{name}.said", os.O_CREAT | os.O_WRONLY), 1)
                run(f"{home}/{name}", pool, encoder, "scenario", *numbers)
                os._exit(0)
            except BaseException:
                traceback.print_exc()
                os._exit(1)
        say(str(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])))


def main(home: str, pool_file: str, how: str, *numbers: str) -> None:
    pool: Pool = pickle.loads(Path(pool_file).read_bytes())
    encoder = KnownTexts(pool)
    if how == "each":
        run_each(home, pool, encoder)
    else:
        say("ready")
        run(home, pool, encoder, how, *numbers)


if __name__ == "__main__":
    main(*sys.argv[1:])
