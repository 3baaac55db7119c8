"""From text to vectors: encoders, the packaged model, fingerprints. Knows nothing of articles.

The public names are loaded at their first use, so that importing this package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from embeddings.errors import EncoderError as EncoderError
from embeddings.errors import TamnguError as TamnguError

if TYPE_CHECKING:
    from embeddings.encoder import Encoder as Encoder
    from embeddings.encoder import Progress as Progress
    from embeddings.fingerprint import Fingerprint as Fingerprint
    from embeddings.load import load_encoder as load_encoder
    from embeddings.options import EncoderOptions as EncoderOptions
    from embeddings.vectors import TokenVectors as TokenVectors
    from embeddings.vectors import Vectors as Vectors

_MODULE_OF = {
    "Encoder": "embeddings.encoder",
    "EncoderOptions": "embeddings.options",
    "Fingerprint": "embeddings.fingerprint",
    "Progress": "embeddings.encoder",
    "TokenVectors": "embeddings.vectors",
    "Vectors": "embeddings.vectors",
    "load_encoder": "embeddings.load",
}


def __getattr__(name: str) -> object:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULE_OF[name]), name)
