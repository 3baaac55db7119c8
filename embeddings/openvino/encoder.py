"""An encoder that runs a compiled model with OpenVINO; imports neither torch nor transformers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from embeddings.encoder import Progress
from embeddings.fingerprint import Fingerprint
from embeddings.openvino.inference import FEW_TOKENS, EncodedText, Inference
from embeddings.openvino.micro_batch import MicroBatcher
from embeddings.openvino.model_directory import ModelDescription
from embeddings.openvino.runtime_settings import usable_threads
from embeddings.options import EncoderOptions
from embeddings.overlong_texts import Overlong, merge
from embeddings.text import canonical
from embeddings.tokenization.tokenizer import load_tokenizer
from embeddings.vectors import TokenVectors, Vectors

_TEXTS_AT_A_TIME = 2048
"""Texts that are cut into tokens at a time. The limit bounds the memory, and so many texts are
enough to sort by length."""


class OpenVINOEncoder:
    """A compiled model. Many texts run in parallel streams, few run at once on all threads."""

    def __init__(self, directory: Path, options: EncoderOptions) -> None:
        """Load what :func:`embeddings.openvino.compile.compile_model` wrote.

        Raises:
            CannotCompile: the directory notes that the model cannot be compiled.
            EncoderError: the runtime cannot load it.
        """
        self.compiled = ModelDescription.read(directory)
        self._overlong = Overlong(options.overlong, self.compiled.fingerprint.model)
        threads = options.threads or usable_threads()
        # Reading the tokenizer takes as long as reading the graph. Both release the interpreter's
        # lock, so they run at the same time.
        with ThreadPoolExecutor(1) as pool:
            tokenizer = pool.submit(load_tokenizer, directory)
            self._inference = Inference(directory, self.compiled, threads)
            self._inference.graphs.for_single_text()
            self._tokenizer = tokenizer.result()
        self._run_together = MicroBatcher(self._inference.run_few, len, FEW_TOKENS)
        prompts = {self.fingerprint.question_prompt, self.fingerprint.passage_prompt}
        self._prompt_tokens = {each: len(self._ids(each, [""])[0]) for each in prompts}
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
        """Return one vector per question, shape (len(texts), dim), in the order given."""
        return self._encode(texts, self.fingerprint.question_prompt, self._question_room, progress)

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return one vector per passage, shape (len(texts), dim), in the order given."""
        return self._encode(texts, self.fingerprint.passage_prompt, self._passage_room, progress)

    def encode_questions_by_token(
        self, texts: Sequence[str]
    ) -> tuple[Vectors, Sequence[TokenVectors]]:
        """Return one vector per question and each question's token vectors, in the order given."""
        kept: list[TokenVectors] = []
        prompt, room = self.fingerprint.question_prompt, self._question_room
        return self._encode(texts, prompt, room, None, kept), kept

    def encode_passages_by_token(
        self, texts: Sequence[str], progress: Progress | None = None
    ) -> tuple[Vectors, Sequence[TokenVectors]]:
        """Return one vector per passage and each passage's token vectors, in the order given."""
        kept: list[TokenVectors] = []
        prompt, room = self.fingerprint.passage_prompt, self._passage_room
        return self._encode(texts, prompt, room, progress, kept), kept

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return each text's number of tokens, without prompt or special tokens."""
        return [len(ids) for ids in self._ids("", texts)]

    def _encode(
        self,
        texts: Sequence[str],
        prompt: str,
        room: int,
        progress: Progress | None,
        kept: list[TokenVectors] | None = None,
    ) -> Vectors:
        """Encode texts, and append their token vectors to ``kept`` unless it is None."""
        vectors = np.empty((len(texts), self.fingerprint.dim), dtype=np.float32)
        for start in range(0, len(texts), _TEXTS_AT_A_TIME):
            some = texts[start : start + _TEXTS_AT_A_TIME]
            found = self._encode_some(some, prompt, room, progress, kept)
            vectors[start : start + len(some)] = found
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
        head = self._prompt_tokens[prompt]
        parts = self._overlong.parts([len(each) - head for each in ids], room)
        items = [
            self._with_special_tokens([*each[:head], *each[head + start : head + end]])
            for each, spans in zip(ids, parts, strict=True)
            for start, end in spans
        ]
        if sum(map(len, items)) <= FEW_TOKENS:
            encoded = self._run_together(items)
            if progress is not None:
                progress(len(texts))
        else:
            last_windows = np.cumsum([len(spans) for spans in parts]) - 1
            encoded = self._inference.run_many(
                items, frozenset(last_windows.tolist()), progress, kept is not None
            )
        if kept is not None:
            kept += self._own_tokens(items, encoded, parts, head)
        return merge(np.stack([each.vector for each in encoded]), parts)

    def _own_tokens(
        self,
        items: Sequence[Sequence[int]],
        encoded: Sequence[EncodedText],
        parts: Sequence[Sequence[tuple[int, int]]],
        head: int,
    ) -> Iterator[TokenVectors]:
        """Yield each text's token vectors, its windows joined, without prompt and specials."""
        before, after = len(self.compiled.prefix) + head, len(self.compiled.suffix)
        position = 0
        for spans in parts:
            windows = range(position, position + len(spans))
            position += len(spans)
            own = [slice(before, max(before, len(items[i]) - after)) for i in windows]
            pairs = list(zip(windows, own, strict=True))
            yield TokenVectors(
                np.concatenate([np.array(items[i][span], np.int32) for i, span in pairs]),
                np.concatenate([encoded[i].tokens[span] for i, span in pairs]),
            )

    def _with_special_tokens(self, ids: list[int]) -> list[int]:
        """Return a text's ids with the special tokens; one padding token if there is no token."""
        return [*self.compiled.prefix, *ids, *self.compiled.suffix] or [self.compiled.padding]

    def _ids(self, prompt: str, texts: Sequence[str]) -> list[list[int]]:
        ready = [canonical(prompt + canonical(text)) for text in texts]
        if self.compiled.lower_case:
            ready = [text.lower() for text in ready]
        return self._tokenizer.ids(ready)

    def _room(self, prompt: str) -> int:
        """Return the tokens that remain for text beside the prompt and the special tokens."""
        around = len(self.compiled.prefix) + len(self.compiled.suffix)
        with_prompt, without = self.count_tokens([prompt + "a", "a"])
        return self.compiled.max_tokens - around - (with_prompt - without)
