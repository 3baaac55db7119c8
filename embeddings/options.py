"""How a model is run: options with defaults for an ordinary machine."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields

from embeddings.errors import EncoderError

PACKAGED_MODEL = "packaged"
"""Name of the model that is installed with Tamngu."""

_MAX_THREADS = 1024
_MAX_TIMEOUT_S = 86_400.0

CHOICES = {
    "runtime": ("auto", "openvino", "torch"),
    "precision": ("auto", "bf16", "int8", "f32"),
    "overlong": ("window", "cut", "refuse"),
}
"""Allowed values of some options."""


@dataclass(frozen=True)
class EncoderOptions:
    """Options of :func:`embeddings.load_encoder`; the environment variables are ``TAMNGU_`` + name.

    Attributes:
        runtime: ``openvino``, ``torch`` (sentence-transformers), or ``auto``: OpenVINO, or torch
            if OpenVINO is missing or cannot run the model.
        precision: of OpenVINO's arithmetic. ``bf16``, ``f32``, ``int8`` (weights in 8 bits,
            activations in 8 bits by groups), or ``auto``: bf16 if the CPU has it, else f32; the
            packaged reader is run in int8 where that is fastest. int8 takes the least memory. On
            XQuAD's cross-language R@1 by plain cosine, int8 lost .003, bf16 .002 and f32 .001.
        overlong: what happens to a text longer than the model reads. ``window``: it is encoded in
            parts, and the mean of their vectors is its vector; ``cut``: its end is dropped, and
            the text is counted and reported; ``refuse``: an error.
        device: where torch runs, such as ``cuda`` or ``mps``; empty for the best available device.
        trust_remote_code: run Python code that comes with a model. Off unless the user asks for it.
        question_cache: number of latest questions whose vectors and readings are kept.
        threads: CPU threads; 0 for all that this process may use.
        endpoint_key: bearer token for an embeddings endpoint.
        question_prompt: text before every question. Only for an endpoint, because the protocol
            does not give the model's own prompt.
        passage_prompt: text before every passage, for an endpoint.
        endpoint_tokens: tokens that an endpoint's model reads of one text.
        endpoint_timeout: seconds to wait for an endpoint's answer.
    """

    runtime: str = "auto"
    precision: str = "auto"
    overlong: str = "window"
    device: str = ""
    trust_remote_code: bool = False
    question_cache: int = 1024
    threads: int = 0
    endpoint_key: str = ""
    question_prompt: str = ""
    passage_prompt: str = ""
    endpoint_tokens: int = 512
    endpoint_timeout: float = 60.0

    def __post_init__(self) -> None:
        """Check the values.

        Raises:
            EncoderError: an option has a value that is not allowed.
        """
        for name, values in CHOICES.items():
            if getattr(self, name) not in values:
                raise EncoderError(
                    f"{name} is {getattr(self, name)!r:.100}; "
                    f"it must be one of {', '.join(values)}."
                )
        for name in ("question_cache", "threads"):
            if getattr(self, name) < 0:
                raise EncoderError(f"{name} is {getattr(self, name)}; it must be 0 or more.")
        if self.threads > _MAX_THREADS:
            raise EncoderError(f"threads is {self.threads}; it must be at most {_MAX_THREADS}.")
        if self.endpoint_tokens < 16 or not 0 < self.endpoint_timeout < _MAX_TIMEOUT_S:
            raise EncoderError(
                "endpoint_tokens must be at least 16, endpoint_timeout above 0 and under a day."
            )
        if not (self.endpoint_key.isascii() and self.endpoint_key.isprintable()):
            raise EncoderError("endpoint_key has a character that no key can have; check it.")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> EncoderOptions:
        """Read ``TAMNGU_RUNTIME``, ``TAMNGU_PRECISION`` and so on.

        Raises:
            EncoderError: a variable has a value that is not allowed.
        """
        given: dict[str, object] = {}
        for each in fields(cls):
            variable = f"TAMNGU_{each.name.upper()}"
            if variable in environment:
                try:
                    given[each.name] = _READERS[str(each.type)](environment[variable])
                except (ValueError, KeyError):
                    raise EncoderError(
                        f"{variable} is {environment[variable]!r:.100}; "
                        f"it must be of type {each.type}."
                    ) from None
        return cls(**given)  # type: ignore[arg-type]


_BOOLEANS = {
    "1": True,
    "true": True,
    "yes": True,
    "0": False,
    "false": False,
    "no": False,
    "": False,
}

_READERS: dict[str, Callable[[str], object]] = {
    "str": str,
    "int": int,
    "float": float,
    "bool": lambda text: _BOOLEANS[text.lower()],
}
