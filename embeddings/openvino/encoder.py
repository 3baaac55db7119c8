"""An encoder that runs a compiled model with OpenVINO; imports neither torch nor transformers."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import openvino
from numpy.typing import NDArray

from embeddings.encoder import Progress, TokenVectors, Vectors
from embeddings.errors import EncoderError
from embeddings.fingerprint import Fingerprint
from embeddings.openvino.compiled import ALONE_FILE, FEW_FILE, GRAPH_FILE, WEIGHTS_FILE, Compiled
from embeddings.openvino.micro_batch import MicroBatcher
from embeddings.openvino.packing import ALONE_ROW, Batch, Weights, alone_shapes, feed, pack
from embeddings.options import EncoderOptions
from embeddings.overlong import Overlong, merge, normalised
from embeddings.text import canonical
from embeddings.tokenization.tokenizer import load_tokenizer

_FEW = 1024
"""Tokens up to which texts are run at once by all threads, and together with others' texts."""

_BATCH = 2048
"""Tokens of a batch of many texts. From 1,024 to 16,384 the speed was the same within noise (two
cores); small batches hold less memory and stop sooner."""

_STRIDE = 2048
"""Texts cut into tokens at a time: bounds the memory, and is plenty to sort by length."""


@dataclass(frozen=True)
class _Encoded:
    """One text, or one window of it: its vector, and those of all its tokens where kept."""

    vector: Vectors
    tokens: NDArray[np.float32]


_NO_TOKENS = np.empty((0, 0), dtype=np.float32)


class OpenVINOEncoder:
    """A compiled model. Many texts run in parallel streams; few run at once, on all threads."""

    def __init__(self, directory: Path, options: EncoderOptions) -> None:
        """Load what :func:`embeddings.openvino.compilation.compile_model` wrote.

        Raises:
            CannotCompile: it wrote that the model cannot be compiled.
            EncoderError: the runtime cannot load it.
        """
        self.compiled = Compiled.read(directory)
        self._directory = directory
        self._threads = options.threads or usable_threads()
        self._weights = Weights(self.compiled.fingerprint.pooling)
        self._overlong = Overlong(options.overlong, self.compiled.fingerprint.model)
        # Reading the tokenizer takes as long as the graph, and neither holds the interpreter.
        with ThreadPoolExecutor(1) as pool:
            tokenizer = pool.submit(load_tokenizer, directory)
            self._alone = self._import(ALONE_FILE)
            self._tokenizer = tokenizer.result()
        self._few: openvino.InferRequest | None = None
        self._many: openvino.CompiledModel | None = None
        self._many_lock = threading.Lock()
        self._together = MicroBatcher(self._run_few, len, _FEW)
        prompts = {self.fingerprint.question_prompt, self.fingerprint.passage_prompt}
        self._heads = {each: len(self._ids(each, [""])[0]) for each in prompts}
        self._question_room = self._room(self.fingerprint.question_prompt)
        self._passage_room = self._room(self.fingerprint.passage_prompt)

    @property
    def fingerprint(self) -> Fingerprint:
        """Identity of the model."""
        return self.compiled.fingerprint

    @property
    def max_passage_tokens(self) -> int:
        """Tokens of passage text that fit beside the prompt and the special tokens."""
        return self._passage_room

    @property
    def max_question_tokens(self) -> int:
        """Tokens of question text that fit beside the prompt and the special tokens."""
        return self._question_room

    @property
    def truncated(self) -> int:
        """Texts whose end was not encoded, since the model was loaded."""
        return self._overlong.truncated

    def encode_questions(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return one vector a question, shape (len(texts), dim), in the order given."""
        return self._encode(texts, self.fingerprint.question_prompt, self._question_room, progress)

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return one vector a passage, shape (len(texts), dim), in the order given."""
        return self._encode(texts, self.fingerprint.passage_prompt, self._passage_room, progress)

    def encode_questions_by_token(
        self, texts: Sequence[str]
    ) -> tuple[Vectors, Sequence[TokenVectors]]:
        """Return one vector a question and the vectors of its tokens, in the order given."""
        kept: list[TokenVectors] = []
        prompt, room = self.fingerprint.question_prompt, self._question_room
        return self._encode(texts, prompt, room, None, kept), kept

    def encode_passages_by_token(
        self, texts: Sequence[str], progress: Progress | None = None
    ) -> tuple[Vectors, Sequence[TokenVectors]]:
        """Return one vector a passage and the vectors of its tokens, in the order given."""
        kept: list[TokenVectors] = []
        prompt, room = self.fingerprint.passage_prompt, self._passage_room
        return self._encode(texts, prompt, room, progress, kept), kept

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens in each text, without prompt or special tokens."""
        return [len(ids) for ids in self._ids("", texts)]

    def _encode(
        self,
        texts: Sequence[str],
        prompt: str,
        room: int,
        progress: Progress | None,
        kept: list[TokenVectors] | None = None,
    ) -> Vectors:
        """Encode texts; their tokens are put into ``kept`` where it is given."""
        vectors = np.empty((len(texts), self.fingerprint.dim), dtype=np.float32)
        for start in range(0, len(texts), _STRIDE):
            chosen = texts[start : start + _STRIDE]
            found = self._encode_some(chosen, prompt, room, progress, kept)
            vectors[start : start + len(chosen)] = found
        return vectors

    def _encode_some(
        self,
        texts: Sequence[str],
        prompt: str,
        room: int,
        progress: Progress | None,
        kept: list[TokenVectors] | None,
    ) -> Vectors:
        ids = self._ids(prompt, texts)
        head = self._heads[prompt]
        parts = self._overlong.parts([len(each) - head for each in ids], room)
        items = [
            self._framed([*each[:head], *each[head + start : head + end]])
            for each, spans in zip(ids, parts, strict=True)
            for start, end in spans
        ]
        if sum(map(len, items)) <= _FEW:
            encoded = self._together(items)
            if progress is not None:
                progress(len(texts))
        else:
            lasts = np.cumsum([len(spans) for spans in parts]) - 1
            completing = frozenset(lasts.tolist())
            encoded = self._run_many(items, completing, progress, kept is not None)
        if kept is not None:
            kept += self._tokens(items, encoded, parts, head)
        return merge(np.stack([each.vector for each in encoded]), parts)

    def _tokens(
        self,
        items: Sequence[Sequence[int]],
        encoded: Sequence[_Encoded],
        parts: Sequence[Sequence[tuple[int, int]]],
        head: int,
    ) -> Iterator[TokenVectors]:
        """Yield each text's own tokens, those of its windows joined."""
        first, behind = len(self.compiled.prefix) + head, len(self.compiled.suffix)
        at = 0
        for spans in parts:
            windows = range(at, at + len(spans))
            at += len(spans)
            own = [slice(first, max(first, len(items[i]) - behind)) for i in windows]
            yield TokenVectors(
                np.concatenate(
                    [np.array(items[i][of], np.int32) for i, of in zip(windows, own, strict=True)]
                ),
                np.concatenate([encoded[i].tokens[of] for i, of in zip(windows, own, strict=True)]),
            )

    def _framed(self, ids: list[int]) -> list[int]:
        """Put the special tokens around a text's; a text of no tokens at all is one of padding."""
        return [*self.compiled.prefix, *ids, *self.compiled.suffix] or [self.compiled.padding]

    def _run_few(self, items: list[list[int]]) -> Sequence[_Encoded]:
        """Run texts at once, one batch after the other; never called by two threads at a time."""
        encoded: dict[int, _Encoded] = {}
        for batch in pack([len(item) for item in items], 2 * _FEW):
            request = self._request_for(batch)
            request.infer(self._feed(batch, items), share_inputs=True)
            encoded |= _read(request, batch, keep_tokens=True)
        return [encoded[i] for i in range(len(items))]

    def _request_for(self, batch: Batch) -> openvino.InferRequest:
        """Return the graph for one short text, or the one for any shape, read when needed."""
        if (batch.rows, batch.length, len(batch.places)) == (1, ALONE_ROW, 1):
            return self._alone
        if self._few is None:
            self._few = self._import(FEW_FILE)
        return self._few

    def _run_many(
        self,
        items: list[list[int]],
        lasts: frozenset[int],
        progress: Progress | None,
        keep_tokens: bool,
    ) -> Sequence[_Encoded]:
        """Run texts in parallel streams; ``lasts`` are the items that complete a text."""
        encoded: dict[int, _Encoded] = {}
        model = self._parallel()
        # One more than the streams, so that none waits while the next batch is laid out. No
        # callbacks: one that still ends on the runtime's thread while Python exits is a crash.
        idle = [model.create_infer_request() for _ in range(self._threads + 1)]
        running: deque[tuple[openvino.InferRequest, Batch]] = deque()

        def finish() -> None:
            request, batch = running[0]
            request.wait()
            running.popleft()
            encoded.update(_read(request, batch, keep_tokens))
            idle.append(request)
            completed = sum(place.text in lasts for place in batch.places)
            if progress is not None and completed:
                progress(completed)

        try:
            for batch in pack([len(item) for item in items], _BATCH):
                if not idle:
                    finish()
                request = idle.pop()
                request.start_async(self._feed(batch, items))
                running.append((request, batch))
            while running:
                finish()
        finally:
            # After Ctrl-C too: nothing runs on when this returns.
            for request, _ in running:
                request.wait()
        return [encoded[i] for i in range(len(items))]

    def _feed(self, batch: Batch, items: Sequence[Sequence[int]]) -> dict[str, Any]:
        compiled = self.compiled
        return feed(batch, items, self._weights, compiled.first_position, compiled.padding)

    def _parallel(self) -> openvino.CompiledModel:
        """Return the model compiled for many texts; a process that only asks never needs it."""
        with self._many_lock:
            if self._many is None:
                with self._explained():
                    self._many = openvino.Core().compile_model(
                        self._directory / GRAPH_FILE, "CPU", self._settings(self._threads)
                    )
            return self._many

    def _import(self, file: str) -> openvino.InferRequest:
        """Read a graph that the runtime has made for this CPU."""
        with self._explained():
            core, settings = openvino.Core(), self._settings(1)
            weights = {"WEIGHTS_PATH": str(self._directory / WEIGHTS_FILE)}
            blob = (self._directory / file).read_bytes()
            try:
                return core.import_model(
                    blob, "CPU", {**settings, **weights}
                ).create_infer_request()
            except RuntimeError:
                # A CPU of the same name can have other abilities, under a hypervisor.
                graph = core.read_model(self._directory / GRAPH_FILE)
                if file == ALONE_FILE:
                    graph.reshape(alone_shapes())
                return core.compile_model(graph, "CPU", settings).create_infer_request()

    def _settings(self, streams: int) -> dict[str, object]:
        return runtime_settings(self.compiled.precision, streams, self._threads)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (RuntimeError, OSError) as error:
            raise EncoderError(
                f"OpenVINO cannot load {self._directory}: {str(error).splitlines()[0]} "
                "Remove that folder; it is made again."
            ) from error

    def _ids(self, prompt: str, texts: Sequence[str]) -> list[list[int]]:
        ready = [canonical(prompt + canonical(text)) for text in texts]
        if self.compiled.lower_case:
            ready = [text.lower() for text in ready]
        return self._tokenizer.ids(ready)

    def _room(self, prompt: str) -> int:
        """Tokens left for text when the prompt and the special tokens have taken theirs."""
        around = len(self.compiled.prefix) + len(self.compiled.suffix)
        with_prompt, without = self.count_tokens([prompt + "a", "a"])
        return self.compiled.max_tokens - around - (with_prompt - without)


def _read(request: openvino.InferRequest, batch: Batch, keep_tokens: bool) -> dict[int, _Encoded]:
    """Return a batch's results by the numbers of its texts, copied out of the runtime's memory."""
    vectors = normalised(request.get_output_tensor(0).data)
    tokens = request.get_output_tensor(1).data
    result = {}
    for place, vector in zip(batch.places, vectors, strict=True):
        row = place.row * batch.length
        own = tokens[row + place.start : row + place.end].copy() if keep_tokens else _NO_TOKENS
        result[place.text] = _Encoded(vector, own)
    return result


def runtime_settings(precision: str, streams: int, threads: int) -> dict[str, object]:
    """Return OpenVINO's settings for a model that is compiled in a precision."""
    return {
        "NUM_STREAMS": streams,
        "INFERENCE_NUM_THREADS": threads,
        # Pinned, the threads of every process would go to the first cores: on a machine with two,
        # two processes of one thread took as long as one after the other, and take half now.
        "ENABLE_CPU_PINNING": False,
        "INFERENCE_PRECISION_HINT": "bf16" if precision == "bf16" else "f32",
        "DYNAMIC_QUANTIZATION_GROUP_SIZE": "32" if precision == "int8" else "0",
        # What is exported leaves the weights in the graph's file.
        "CACHE_MODE": "OPTIMIZE_SIZE",
    }


def usable_threads() -> int:
    """Return how many CPUs this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
