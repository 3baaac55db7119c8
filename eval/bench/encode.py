"""Compare the encoder with sentence-transformers: speed, latency, start, memory, agreement."""

from __future__ import annotations

import logging
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np

from embeddings import Encoder, EncoderOptions, Vectors, load_encoder
from eval.bench.new_process import output_of
from eval.bench.workload import Workload

_QUESTIONS = 400
"""Questions in one measurement of latency or throughput."""

_WARM_UP = 40
"""Questions that are encoded before any is timed."""

_START = """
import sys, time
from embeddings import load_encoder
load_encoder(sys.argv[1]).encode_questions(["Tamngu"])
print(time.time())
from eval.bench.memory import resident_mb
print(resident_mb())
"""


def measure(
    model: str, workload: Workload, *, rounds: int, clients: int, log: Callable[[str], None]
) -> dict[str, Any]:
    """Return the figures of ``tamngu bench encode``.

    The baseline is ``SentenceTransformer.encode`` in float32, with batches of 32 texts. Both sides
    take turns, so that a disturbance affects both. Speeds are medians over ``rounds``, and ratios
    are medians of each round's ratio. Texts that are too long for the model are cut on both sides.

    Args:
        model: as :func:`embeddings.load_encoder` takes it.
        workload: texts and questions.
        rounds: number of measurements on each side.
        clients: number of clients that ask at the same time.
        log: gets a line on each step.
    """
    options = replace(EncoderOptions.from_environment(), question_cache=0, overlong="cut")
    encoder = load_encoder(model, options)
    questions = list(workload.questions)
    random.Random(0).shuffle(questions)
    log(f"Encoding questions: one client, then {clients} clients at once.")
    # Before torch is loaded, as in a service: torch's idle threads would use the CPUs too.
    questions_figures = _latency(encoder, questions) | _clients(encoder, questions, rounds, clients)
    log("Loading sentence-transformers.")
    plain = load_encoder(model, replace(options, runtime="torch"))
    log(f"Encoding {len(workload.passages)} texts {rounds} times on each side.")
    with _without_warnings():
        figures = _passages(encoder, plain, workload.passages, rounds) | questions_figures
    baseline = _times(plain, questions[: _QUESTIONS // 4])
    figures["baseline_question_p50_ms"] = round(float(np.percentile(baseline, 50)), 2)
    log("Starting new processes.")
    starts = [_start(model) for _ in range(rounds)]
    return {
        "model": str(encoder.fingerprint),
        "workload": workload.name,
        **figures,
        "cold_start_s": round(statistics.median(seconds for seconds, _ in starts), 2),
        "rss_mb": round(statistics.median(memory for _, memory in starts)),
    }


@contextmanager
def _without_warnings() -> Iterator[None]:
    """Stop the encoder from reporting the texts that it cuts in every round; they are counted."""
    logger = logging.getLogger("tamngu.embeddings")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


def _passages(
    encoder: Encoder, plain: Encoder, texts: Sequence[str], rounds: int
) -> dict[str, Any]:
    limit = encoder.max_passage_tokens
    counts = encoder.count_tokens(texts)
    tokens = sum(min(count, limit) for count in counts)
    speeds, baseline_speeds = [], []
    for _ in range(rounds):
        started = time.perf_counter()
        expected = _encode_baseline(plain, texts)
        baseline_speeds.append(tokens / (time.perf_counter() - started))
        started = time.perf_counter()
        found = encoder.encode_passages(texts)
        speeds.append(tokens / (time.perf_counter() - started))
    cosines = (found * expected).sum(axis=1)
    speed = statistics.median(speeds)
    ratios = [own / other for own, other in zip(speeds, baseline_speeds, strict=True)]
    return {
        "texts": len(texts),
        "cut_texts": sum(count > limit for count in counts),
        "tokens_per_s": round(speed),
        "baseline_tokens_per_s": round(statistics.median(baseline_speeds)),
        "ratio": round(statistics.median(ratios), 2),
        "passages_per_s": round(speed * len(texts) / tokens, 1),
        "cosine_mean": round(float(cosines.mean()), 6),
        "cosine_min": round(float(cosines.min()), 6),
    }


def _encode_baseline(plain: Encoder, texts: Sequence[str]) -> Vectors:
    """Encode with sentence-transformers alone."""
    vectors: Vectors = plain.model.encode(  # type: ignore[attr-defined]
        list(texts),
        prompt=plain.fingerprint.passage_prompt,
        batch_size=32,
        normalize_embeddings=True,
        show_progress_bar=False,
    )
    return vectors


def _latency(encoder: Encoder, questions: Sequence[str]) -> dict[str, Any]:
    times = _times(encoder, questions[:_QUESTIONS])
    return {
        "question_p50_ms": round(float(np.percentile(times, 50)), 2),
        "question_p95_ms": round(float(np.percentile(times, 95)), 2),
    }


def _times(encoder: Encoder, questions: Sequence[str]) -> list[float]:
    """Return the milliseconds of each question, encoded one by one."""
    for question in questions[:_WARM_UP]:
        encoder.encode_questions([question])
    times = []
    for question in questions:
        started = time.perf_counter()
        encoder.encode_questions([question])
        times.append((time.perf_counter() - started) * 1000)
    return times


def _clients(
    encoder: Encoder, questions: Sequence[str], rounds: int, clients: int
) -> dict[str, Any]:
    """Return the throughput of one client that asks without pause, and of many clients."""
    _throughput(encoder, questions[:_QUESTIONS], clients)
    alone, together = [], []
    for _ in range(rounds):
        alone.append(_throughput(encoder, questions[:_QUESTIONS], 1))
        together.append(_throughput(encoder, questions[: 2 * _QUESTIONS], clients))
    return {
        "questions_per_s": round(statistics.median(alone)),
        f"questions_per_s_{clients}_clients": round(statistics.median(together)),
        "clients_ratio": round(
            statistics.median(b / a for a, b in zip(alone, together, strict=True)), 2
        ),
    }


def _throughput(encoder: Encoder, questions: Sequence[str], clients: int) -> float:
    """Return questions per second; each client asks its share one by one."""

    def ask(client: int) -> None:
        for question in islice(questions, client, None, clients):
            encoder.encode_questions([question])

    with ThreadPoolExecutor(clients) as pool:
        started = time.perf_counter()
        list(pool.map(ask, range(clients)))
        return len(questions) / (time.perf_counter() - started)


def _start(model: str) -> tuple[float, float]:
    """Return a new process's seconds to its first vector, and its memory in MB (2**20 bytes)."""
    started = time.time()
    ended, memory_mb = output_of("encode", "-c", _START, model).split()
    return float(ended) - started, float(memory_mb)
