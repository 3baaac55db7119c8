"""A process that changes a home: ``python -m tests.integration.faults.lived_through HOME NAME``.

It stores an article, writes the index, adds a job and makes a key, all of that name. With a third
word it is killed then, before it has closed anything.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from api.auth.store import KeyStore
from api.jobs.store import JobStore
from embeddings import load_encoder
from rag import Collection, ingest, make_article
from tamngu.records.job import ImportAsked, Progress


def main(home: Path, name: str, *is_killed: str) -> None:
    collection = Collection.open_or_create(home, "c", load_encoder())
    ingest(collection, [make_article(f"Story {name} is about salt.", key="k", id=name)])
    collection.compact()
    jobs, keys = JobStore(home), KeyStore(home)
    jobs.add(name, "c", ImportAsked(files=("a.txt",)), Progress())
    _, text = keys.create(name, ["read"])
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
    if is_killed:
        os.kill(os.getpid(), signal.SIGKILL)
    keys.close()
    jobs.close()
    collection.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
