"""The metrics of a server process, for Prometheus."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from rag.stages import Stage

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


@dataclass(frozen=True)
class Metrics:
    """The metrics of one process.

    Attributes:
        registry: of all of them.
        stages: seconds of the stages of answering; see :mod:`rag.stages`.
        requests: number of requests, by method, route and status.
        seconds: from a request to the end of its response, by method and route.
        running: requests that are being answered.
        abstained: answers that abstained.
        answered: answers of both kinds.
        work: functions in the worker pool, running and waiting.
        cache: questions whose vectors were cached (``hit``) or not (``miss``), by result.
    """

    registry: CollectorRegistry
    stages: Histogram
    requests: Counter
    seconds: Histogram
    running: Gauge
    abstained: Counter
    answered: Counter
    work: Gauge
    cache: Gauge

    def on_stage(self, name: Stage, took_ns: int) -> None:
        """Count a stage of ``took_ns`` nanoseconds."""
        self.stages.labels(name).observe(took_ns / 1e9)

    def text(self, counts: Mapping[str, tuple[int, int]]) -> bytes:
        """Return all metrics in Prometheus' text format.

        If several server processes run, these are the metrics of all of them together.

        Args:
            counts: the present numbers of articles and passages, by language.
        """
        registry = self.registry
        if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        counts_registry = CollectorRegistry()
        counts_registry.register(_Counts(counts))
        return generate_latest(registry) + generate_latest(counts_registry)


@dataclass(frozen=True, eq=False)
class _Counts(Collector):
    """The size of a collection.

    It is made anew for each scrape, so a language without articles is not reported.
    """

    counts: Mapping[str, tuple[int, int]]

    def collect(self) -> Iterator[Metric]:
        """Yield one metric for articles and one for passages."""
        for place, (name, description) in enumerate(
            (("tamngu_articles", "Articles."), ("tamngu_passages", "Passages."))
        ):
            metric = GaugeMetricFamily(name, description, labels=["language"])
            for language, both in self.counts.items():
                metric.add_metric([language], both[place])
            yield metric


def new_metrics() -> Metrics:
    """Return metrics that begin at zero."""
    registry = CollectorRegistry()
    return Metrics(
        registry,
        Histogram(
            "tamngu_stage_seconds",
            "Seconds of the stages of answering a question.",
            ("stage",),
            buckets=(0.0005, 0.001, 0.0025, *_SECONDS),
            registry=registry,
        ),
        Counter(
            "tamngu_requests",
            "Requests that were answered.",
            ("method", "route", "status"),
            registry=registry,
        ),
        Histogram(
            "tamngu_request_seconds",
            "Seconds from a request to the end of its answer.",
            ("method", "route"),
            buckets=_SECONDS,
            registry=registry,
        ),
        Gauge(
            "tamngu_requests_running",
            "Requests that are being answered.",
            registry=registry,
            multiprocess_mode="livesum",
        ),
        Counter("tamngu_abstentions", "Answers that abstained.", registry=registry),
        Counter("tamngu_answers", "Answers, abstentions included.", registry=registry),
        Gauge(
            "tamngu_work",
            "Model and index work that runs or waits.",
            registry=registry,
            multiprocess_mode="livesum",
        ),
        Gauge(
            "tamngu_question_cache",
            "Questions since the start, by whether their vectors were cached (hit) or not (miss).",
            ("result",),
            registry=registry,
            multiprocess_mode="livesum",
        ),
    )
