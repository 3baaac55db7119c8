"""Trace a sentence-transformers model into one OpenVINO graph over packed rows. Needs torch."""

from __future__ import annotations

import contextlib
import inspect
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import torch
from openvino import PartialShape
from openvino.frontend import FrontEndManager
from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder

from embeddings.errors import CannotCompile
from embeddings.openvino.pooling import POOLINGS

if TYPE_CHECKING:
    import openvino
    from sentence_transformers import SentenceTransformer

_INPUTS = {
    "input_ids": [-1, -1],
    "position_ids": [-1, -1],
    "attention_mask": [-1, -1, -1],
    "pooling": [-1, -1],
}
"""Names and shapes of the inputs, -1 for any size. :func:`embeddings.openvino.packing.model_inputs`
makes the arrays."""

_POSITIONS_AFTER_PADDING = ("camembert", "mpnet", "roberta", "xlm-roberta", "xlm-roberta-xl")
"""Architectures in which the first token's position is the padding token's id plus one."""


class _Packed(torch.nn.Module):
    """The model from packed token ids to one vector per text and one vector per token."""

    def __init__(self, model: SentenceTransformer) -> None:
        super().__init__()
        self.transformer = _transformer(model)
        self.rest = torch.nn.ModuleList(list(model)[2:])

    def forward(
        self,
        input_ids: torch.Tensor,
        position_ids: torch.Tensor,
        attention_mask: torch.Tensor,
        pooling: torch.Tensor,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        output = self.transformer(
            input_ids=input_ids,
            position_ids=position_ids,
            attention_mask=attention_mask.unsqueeze(1),
        )
        tokens = output.last_hidden_state.reshape(-1, output.last_hidden_state.shape[-1])
        features = {"sentence_embedding": pooling @ tokens}
        for module in self.rest:
            features = module(features)
        vectors: torch.Tensor = features["sentence_embedding"]
        return vectors, tokens


def _transformer(model: SentenceTransformer) -> Any:  # noqa: ANN401 - each architecture's own
    return getattr(next(iter(model)), "model", None)


def _attention_window(config: object) -> int | None:
    """Return how many tokens some layers attend to, None if all layers attend to the whole text.

    The mask of packed rows replaces the mask of such layers.
    """
    for name in ("local_attention", "sliding_window"):
        window = getattr(config, name, None)
        if isinstance(window, int):
            return window
    return None


def pooling_of(model: SentenceTransformer) -> str:
    """Return the name of the model's pooling.

    Raises:
        CannotCompile: the model is not a transformer with one pooling that is a weighted sum.
    """
    modules = list(model)
    if len(modules) < 2 or not hasattr(modules[0], "model"):
        raise CannotCompile("it is not a transformer with pooling")
    mode = getattr(modules[1], "pooling_mode", None)
    if not isinstance(mode, str) or mode not in POOLINGS:
        raise CannotCompile(f"its pooling is {mode}")
    if not getattr(modules[1], "include_prompt", True):
        raise CannotCompile("its pooling leaves out the prompt")
    return mode


def first_position(model: SentenceTransformer) -> int:
    """Return the position of a text's first token."""
    config = _transformer(model).config
    after_padding = config.model_type in _POSITIONS_AFTER_PADDING
    return int(config.pad_token_id) + 1 if after_padding else 0


def trace(model: SentenceTransformer) -> openvino.Model:
    """Return the graph from packed inputs to vectors.

    Its first output is the texts' vectors, float32 (texts, dim), not normalised; its second output
    is the tokens' vectors, float32 (rows * length, dim of the last layer).

    Raises:
        CannotCompile: the model takes other inputs, or has operations that OpenVINO lacks.
    """
    pooling_of(model)
    transformer = _transformer(model)
    window = _attention_window(transformer.config)
    if window is not None and window < (model.max_seq_length or 0):
        raise CannotCompile(f"some of its layers attend to only {window} tokens")
    accepted = inspect.signature(transformer.forward).parameters
    if not {"input_ids", "position_ids", "attention_mask"} <= set(accepted):
        raise CannotCompile("it does not take positions")
    rows, length, texts = 2, 8, 3
    example = {
        "input_ids": torch.ones(rows, length, dtype=torch.int64),
        "position_ids": torch.arange(length).repeat(rows, 1),
        "attention_mask": torch.ones(rows, length, length, dtype=torch.bool),
        "pooling": torch.full((texts, rows * length), 1 / (rows * length)),
    }
    packed = _Packed(model).eval().cpu().float()
    try:
        with torch.no_grad(), _quiet():
            # openvino.convert_model is not used: it reports each conversion to usage statistics.
            decoder = TorchScriptPythonDecoder(packed, example_input=example)
            frontend = FrontEndManager().load_by_framework("pytorch")
            graph = frontend.convert(frontend.load(decoder))
    except MemoryError:
        raise
    except Exception as error:
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise CannotCompile(f"OpenVINO cannot read it ({reason[0][:200]})") from error
    for (name, shape), port in zip(_INPUTS.items(), graph.inputs, strict=True):
        port.get_tensor().set_names({name})
        port.get_node().set_partial_shape(PartialShape(shape))
    graph.validate_nodes_and_infer_types()
    return graph


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Hide the warnings of tracing: the result is compared with the model afterwards."""
    import logging

    logger: Any = logging.getLogger("transformers")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
