"""Token ids to vectors with a compiled model: few texts at once, or many in parallel streams."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import openvino
from numpy.typing import NDArray

from embeddings.encoder import Progress
from embeddings.openvino.graphs import Graphs
from embeddings.openvino.model_directory import ModelDescription
from embeddings.openvino.packing import PackedBatch, model_inputs, pack
from embeddings.vectors import normalised

FEW_TOKENS = 1024
"""Tokens up to which texts run at once on all threads, and together with other callers' texts."""

_BATCH_TOKENS = 2048
"""Tokens of a batch of many texts. From 1,024 to 16,384 the speed was the same within noise (two
cores); small batches hold less memory and stop sooner."""

_NO_TOKENS = np.empty((0, 0), dtype=np.float32)


@dataclass(frozen=True)
class EncodedText:
    """The result for one text, or for one window of it.

    Attributes:
        vector: L2-normalised, shape (dim,), float32.
        tokens: vectors of all its tokens, special tokens included, shape (n, dim of the last
            layer), float32; shape (0, 0) if they were not asked for.
    """

    vector: NDArray[np.float32]
    tokens: NDArray[np.float32]


class Inference:
    """Runs a compiled model; the texts are token ids with prompt and special tokens.

    Attributes:
        graphs: of the model.
    """

    def __init__(self, directory: Path, compiled: ModelDescription, threads: int) -> None:
        """Remember a compiled model's directory; its graphs are loaded when they are needed."""
        self._compiled = compiled
        self._threads = threads
        self.graphs = Graphs(directory, compiled.precision, threads)

    def run_few(self, items: list[list[int]]) -> Sequence[EncodedText]:
        """Run texts on all threads, one batch after the other.

        It must not be called by two threads at a time.
        """
        encoded: dict[int, EncodedText] = {}
        for batch in pack([len(item) for item in items], 2 * FEW_TOKENS):
            request = self.graphs.request_for(batch)
            request.infer(self._inputs(batch, items), share_inputs=True)
            encoded |= _read(request, batch, keep_tokens=True)
        return [encoded[i] for i in range(len(items))]

    def run_many(
        self,
        items: list[list[int]],
        last_windows: frozenset[int],
        progress: Progress | None,
        keep_tokens: bool,
    ) -> Sequence[EncodedText]:
        """Run texts in parallel streams, a batch on each thread.

        Args:
            items: texts, or windows of texts.
            last_windows: numbers of the items that are the last window of their text.
            progress: called with the number of texts whose last window was run since the last call.
            keep_tokens: also return the token vectors.
        """
        encoded: dict[int, EncodedText] = {}
        model = self.graphs.parallel()
        # One request more than there are streams, so that no stream waits while the next batch is
        # packed. There are no callbacks: one that ends on the runtime's thread while Python exits
        # crashes the process.
        idle = [model.create_infer_request() for _ in range(self._threads + 1)]
        running: deque[tuple[openvino.InferRequest, PackedBatch]] = deque()

        def finish() -> None:
            request, batch = running[0]
            request.wait()
            running.popleft()
            encoded.update(_read(request, batch, keep_tokens))
            idle.append(request)
            completed = sum(place.text in last_windows for place in batch.places)
            if progress is not None and completed:
                progress(completed)

        try:
            for batch in pack([len(item) for item in items], _BATCH_TOKENS):
                if not idle:
                    finish()
                request = idle.pop()
                request.start_async(self._inputs(batch, items))
                running.append((request, batch))
            while running:
                finish()
        finally:
            # Also after Ctrl-C: no request is still running when this returns.
            for request, _ in running:
                request.wait()
        return [encoded[i] for i in range(len(items))]

    def _inputs(self, batch: PackedBatch, items: Sequence[Sequence[int]]) -> dict[str, Any]:
        compiled = self._compiled
        return model_inputs(
            batch, items, compiled.fingerprint.pooling, compiled.first_position, compiled.padding
        )


def _read(
    request: openvino.InferRequest, batch: PackedBatch, keep_tokens: bool
) -> dict[int, EncodedText]:
    """Return a batch's results by text number, copied out of the runtime's memory."""
    vectors = normalised(request.get_output_tensor(0).data)
    tokens = request.get_output_tensor(1).data
    result = {}
    for place, vector in zip(batch.places, vectors, strict=True):
        row = place.row * batch.length
        own = tokens[row + place.start : row + place.end].copy() if keep_tokens else _NO_TOKENS
        result[place.text] = EncodedText(vector, own)
    return result
