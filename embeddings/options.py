"""How a model is run: settings with defaults that are right on an ordinary machine."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields

from embeddings.errors import EncoderError

_MOST_THREADS = 1024
_LONGEST_TIMEOUT = 86_400.0

CHOICES = {
    "runtime": ("auto", "openvino", "torch"),
    "precision": ("auto", "bf16", "int8", "f32"),
    "overlong": ("window", "cut", "refuse"),
}
"""Values that a setting may have."""


@dataclass(frozen=True)
class EncoderOptions:
    """Settings of :func:`embeddings.load_encoder`; each is also ``TAMNGU_`` and its name.

    Attributes:
        runtime: ``openvino``, ``torch`` (sentence-transformers itself), or ``auto``: OpenVINO, and
            torch where OpenVINO is missing or cannot run the model.
        precision: of OpenVINO's arithmetic. ``bf16``, ``f32``, ``int8`` (weights in 8 bits,
            activations in 8 bits by groups of 32), or ``auto``: bf16 where the CPU has it, else
            f32. int8 takes the least memory and lost .005 of plain cross-language R@1 on XQuAD;
            bf16 lost .002, f32 .001.
        overlong: what happens to a text longer than the model reads. ``window``: it is encoded in
            parts, whose mean is its vector; ``cut``: its end is dropped, counted and reported;
            ``refuse``: an error.
        device: where torch runs, such as ``cuda`` or ``mps``; empty: the best there is.
        trust_remote_code: run Python code that comes with a model. Never without being asked.
        question_cache: vectors of the latest questions that are kept.
        threads: CPU threads; 0: all that this process may use.
        endpoint_key: bearer token for an embeddings endpoint.
        question_prompt: text before every question, for an endpoint, which cannot say.
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
            EncoderError: a setting has a value that it cannot have.
        """
        for name, values in CHOICES.items():
            if getattr(self, name) not in values:
                raise EncoderError(
                    f"{name} is {getattr(self, name)!r}; it is one of {', '.join(values)}."
                )
        for name in ("question_cache", "threads"):
            if getattr(self, name) < 0:
                raise EncoderError(f"{name} is {getattr(self, name)}; it is 0 or more.")
        if self.threads > _MOST_THREADS:
            raise EncoderError(f"threads is {self.threads}; at most {_MOST_THREADS}.")
        if self.endpoint_tokens < 16 or not 0 < self.endpoint_timeout < _LONGEST_TIMEOUT:
            raise EncoderError(
                "endpoint_tokens is at least 16, endpoint_timeout above 0 and under a day."
            )
        if not (self.endpoint_key.isascii() and self.endpoint_key.isprintable()):
            raise EncoderError("endpoint_key has a character that no key has; write it again.")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> EncoderOptions:
        """Read ``TAMNGU_RUNTIME``, ``TAMNGU_PRECISION`` and so on.

        Raises:
            EncoderError: a variable has a value that it cannot have.
        """
        given: dict[str, object] = {}
        for each in fields(cls):
            variable = f"TAMNGU_{each.name.upper()}"
            if variable in environment:
                try:
                    given[each.name] = _READERS[str(each.type)](environment[variable])
                except (ValueError, KeyError):
                    raise EncoderError(
                        f"{variable} is {environment[variable]!r}, which is no {each.type}."
                    ) from None
        return cls(**given)  # type: ignore[arg-type]


_TRUTHS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False, "": False}

_READERS: dict[str, Callable[[str], object]] = {
    "str": str,
    "int": int,
    "float": float,
    "bool": lambda text: _TRUTHS[text.lower()],
}
