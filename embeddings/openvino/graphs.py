"""A compiled model's graphs in OpenVINO: each is loaded or compiled at its first use."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import openvino

from embeddings.errors import EncoderError
from embeddings.openvino.model_directory import (
    FEW_TEXTS_FILE,
    GRAPH_FILE,
    SINGLE_TEXT_FILE,
    WEIGHTS_FILE,
)
from embeddings.openvino.packing import SINGLE_ROW, PackedBatch, single_text_shapes
from embeddings.openvino.runtime_settings import runtime_settings


class Graphs:
    """The forms of a model's graph: for few texts, for many, and often for one short text."""

    def __init__(self, directory: Path, precision: str, threads: int) -> None:
        """Remember where the graphs are.

        Args:
            directory: what :func:`embeddings.openvino.compile.compile_model` wrote.
            precision: of the arithmetic: ``bf16``, ``f32`` or ``int8``.
            threads: CPU threads.
        """
        self._directory = directory
        self._precision = precision
        self._threads = threads
        self._has_single = (directory / SINGLE_TEXT_FILE).is_file()
        self._single: openvino.InferRequest | None = None
        self._few: openvino.InferRequest | None = None
        self._many: openvino.CompiledModel | None = None
        self._many_lock = threading.Lock()

    def request_for(self, batch: PackedBatch) -> openvino.InferRequest:
        """Return the graph that runs a batch of few texts on all threads at once.

        It must not be called by two threads at a time.

        Raises:
            EncoderError: OpenVINO cannot load it.
        """
        is_single = (batch.rows, batch.length, len(batch.places)) == (1, SINGLE_ROW, 1)
        return self.for_single_text() if is_single else self.for_few_texts()

    def for_single_text(self) -> openvino.InferRequest:
        """Return the graph for one short text; the one for few texts if there is no other.

        Raises:
            EncoderError: OpenVINO cannot load it.
        """
        if not self._has_single:
            return self.for_few_texts()
        if self._single is None:
            self._single = self._import(SINGLE_TEXT_FILE)
        return self._single

    def for_few_texts(self) -> openvino.InferRequest:
        """Return the graph for few texts.

        Raises:
            EncoderError: OpenVINO cannot load it.
        """
        if self._few is None:
            self._few = self._import(FEW_TEXTS_FILE)
        return self._few

    def parallel(self) -> openvino.CompiledModel:
        """Return the graph that runs a batch on each thread; only ingests need it.

        Raises:
            EncoderError: OpenVINO cannot compile it.
        """
        with self._many_lock:
            if self._many is None:
                with self._explained():
                    self._many = openvino.Core().compile_model(
                        self._directory / GRAPH_FILE, "CPU", self._settings(self._threads)
                    )
            return self._many

    def _import(self, file: str) -> openvino.InferRequest:
        """Read a graph that the runtime exported for this CPU."""
        with self._explained():
            core, settings = openvino.Core(), self._settings(1)
            weights = {"WEIGHTS_PATH": str(self._directory / WEIGHTS_FILE)}
            blob = (self._directory / file).read_bytes()
            try:
                return core.import_model(
                    blob, "CPU", {**settings, **weights}
                ).create_infer_request()
            except RuntimeError:
                # Under a hypervisor, a CPU of the same name can have other abilities.
                graph = core.read_model(self._directory / GRAPH_FILE)
                if file == SINGLE_TEXT_FILE:
                    graph.reshape(single_text_shapes())
                return core.compile_model(graph, "CPU", settings).create_infer_request()

    def _settings(self, streams: int) -> dict[str, object]:
        return runtime_settings(self._precision, streams, self._threads)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (RuntimeError, OSError) as error:
            raise EncoderError(
                f"OpenVINO cannot load {self._directory}: {str(error).splitlines()[0]} "
                "Remove that folder; the next start makes it again."
            ) from error
