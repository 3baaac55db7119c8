"""What the directory of a compiled model holds: names of files, and the model's description."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path

from embeddings.errors import CannotCompile
from embeddings.fingerprint import Fingerprint

GRAPH_FILE = "graph.xml"
WEIGHTS_FILE = "graph.bin"
FEW_TEXTS_FILE = "few.blob"
SINGLE_TEXT_FILE = "alone.blob"
"""The graph as the runtime exported it for this CPU: for few texts at once, and for one short text.
The shape of the second is fixed, which makes it a quarter faster; a reader has none. Both use the
weights of the graph. To read one takes .2 s; to compile the graph takes .5 s."""
DESCRIPTION_FILE = "model.json"


@dataclass(frozen=True)
class ModelDescription:
    """A compiled model's description.

    Attributes:
        fingerprint: of its vectors.
        source: the name or path it was compiled from.
        precision: of the arithmetic: ``bf16``, ``f32`` or ``int8``.
        runtime: the runtime's name and version.
        agreement: least cosine to the float32 vectors on the probe texts.
        max_tokens: tokens of one text, prompt and special tokens included.
        prefix: token ids before every text's tokens.
        suffix: token ids after every text's tokens.
        padding: token id that fills rows.
        first_position: position of a text's first token.
        lower_case: whether texts are lower-cased before they are cut into tokens.
    """

    fingerprint: Fingerprint
    source: str
    precision: str
    runtime: str
    agreement: float
    max_tokens: int
    prefix: list[int]
    suffix: list[int]
    padding: int
    first_position: int
    lower_case: bool

    def write(self, directory: Path) -> None:
        """Write the description into a compiled model's directory."""
        content = json.dumps(dataclasses.asdict(self), indent=2, ensure_ascii=False)
        (directory / DESCRIPTION_FILE).write_text(content + "\n", encoding="utf-8")

    @classmethod
    def read(cls, directory: Path) -> ModelDescription:
        """Read what :meth:`write` wrote.

        Raises:
            CannotCompile: the directory notes that the model cannot be compiled, and why.
        """
        content = json.loads((directory / DESCRIPTION_FILE).read_text(encoding="utf-8"))
        if "cannot" in content:
            raise CannotCompile(content["cannot"])
        return cls(**{**content, "fingerprint": Fingerprint(**content["fingerprint"])})


def write_refusal(directory: Path, source: str, error: CannotCompile) -> None:
    """Note that a model cannot be compiled, so that later starts do not try again."""
    content = json.dumps({"source": source, "cannot": str(error)}, ensure_ascii=False)
    (directory / DESCRIPTION_FILE).write_text(content + "\n", encoding="utf-8")
