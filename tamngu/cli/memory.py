"""Whether a limit of memory leaves room for a model, asked before the model is loaded.

Native libraries that get no memory end the process without a word, so it is too late to ask them.
"""

from __future__ import annotations

import mmap

from rag.errors import NotEnoughMemory

ENCODER_BYTES = 1_100_000_000
"""Address space that the packaged encoder takes for a question, with the libraries of a search.
Measured on two cores: 1.08 GB; on more cores, and for the passages of an ingest, it takes more."""

READER_BYTES = 400_000_000
"""Address space that the packaged reader takes beside the encoder, on two cores: .38 GB."""


def ensure_room(size: int, what: str) -> None:
    """Check that this process may take more memory, where a limit is set (``ulimit -v``).

    Args:
        size: address space in bytes.
        what: what needs it, for the message.

    Raises:
        NotEnoughMemory: the limit leaves less.
    """
    try:
        import resource
    except ImportError:  # Windows
        return
    if resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY:
        return
    try:
        # Nothing is written to it, so it takes no memory but addresses.
        mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS).close()
    except OSError as error:
        raise NotEnoughMemory(what) from error
