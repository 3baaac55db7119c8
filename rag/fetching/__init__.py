"""From a URL to its content: within limits, by robots.txt, and only from public addresses.

The public names are loaded when first used, so that the import of this package is fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rag.fetching.errors import FetchError as FetchError
    from rag.fetching.outcome import Fetched as Fetched
    from rag.fetching.outcome import NotModified as NotModified
    from rag.fetching.page_fetcher import Fetcher as Fetcher
    from rag.fetching.page_fetcher import FetchLimits as FetchLimits

_HOMES = {
    "FetchError": "rag.fetching.errors",
    "FetchLimits": "rag.fetching.page_fetcher",
    "Fetched": "rag.fetching.outcome",
    "Fetcher": "rag.fetching.page_fetcher",
    "NotModified": "rag.fetching.outcome",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
