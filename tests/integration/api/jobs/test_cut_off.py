"""A document at which the server ends again and again."""

from __future__ import annotations

from pathlib import Path

import pytest

from embeddings import Encoder
from tests.integration.api.jobs.server import Server, file, make_home, texts_in

pytestmark = pytest.mark.slow

POISONED = """
import os
from rag.ingestion import batches

chunked = batches.chunk_article

def poisoned(encoder, article, origin=None):
    if "poison" in article.text:
        os.kill(os.getpid(), 9)
    return chunked(encoder, article, origin)

batches.chunk_article = poisoned
from tamngu.cli import run
run()
"""
"""A server that an article kills; it stands for whatever may still kill a server."""


def test_a_document_that_ends_the_server_twice_is_passed_over(
    tmp_path: Path, encoder: Encoder
) -> None:
    home = make_home(tmp_path, encoder)
    texts = [f"Article {n} is about salt and nothing else." for n in range(30)]
    files = [file(f"{n:02}.txt", text) for n, text in enumerate(texts)]
    files[7] = file("07.txt", "This is poison for a server.")
    server = Server(home, program=POISONED)
    job = server.upload("kept", files)
    starts = 1
    while not (ended := server.wait_or_die(job["id"])):
        starts += 1
        assert starts <= 3, "each server ended before the import did"
        server = Server(home, program=POISONED)
    assert starts == 3
    server.stop()
    assert ended["state"] == "done"
    (rejection,) = ended["rejections"]
    assert rejection["where"] == "07.txt"
    assert "2 times" in rejection["reason"]
    assert texts_in(home, "kept", encoder) == sorted(texts[:7] + texts[8:])
