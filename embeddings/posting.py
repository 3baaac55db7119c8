"""Posting JSON to a model's endpoint, again where that can help."""

from __future__ import annotations

import logging
import re
import time
import weakref
from typing import Any

import httpx

from embeddings.errors import EncoderError
from embeddings.options import EncoderOptions

_LOG = logging.getLogger("tamngu.embeddings")

_ATTEMPTS = 5
_FIRST_WAIT_S = 0.5
_MAX_WAIT_S = 30.0
"""Each wait is twice the one before, unless the server says how long to wait."""

_LONGEST_PROBLEM = 500
"""Characters of what an endpoint says of its failure."""

_NUMBER = re.compile(r"^\[Errno -?[0-9]+\] ")
"""The number of an error of the system, which its words follow."""

_TEMPORARY = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Statuses after which the same request may succeed."""


class Posting:
    """A connection to one endpoint; safe to use from many threads."""

    def __init__(
        self, url: str, kind: str, options: EncoderOptions, attempts: int = _ATTEMPTS
    ) -> None:
        """Post to ``url``, which messages call a ``kind``."""
        self._url = url
        self._kind = kind
        self._attempts = attempts
        key = options.endpoint_key
        self._client = httpx.Client(
            timeout=httpx.Timeout(options.endpoint_timeout, connect=10.0),
            headers={"Authorization": f"Bearer {key}"} if key else {},
        )
        weakref.finalize(self, self._client.close)

    def post(self, path: str, body: dict[str, Any]) -> httpx.Response:
        """Return the answer to a request; repeat the request if that can help.

        Raises:
            EncoderError: the endpoint fails, or cannot be reached.
        """
        wait = _FIRST_WAIT_S
        for attempt in range(1, self._attempts + 1):
            retry_after = ""
            try:
                response = self._client.post(f"{self._url}/{path}", json=body)
                if response.status_code == httpx.codes.OK:
                    return response
                problem = f"status {response.status_code}: {response.text.strip()[:200]}"
                retry_after = response.headers.get("retry-after", "")
                temporary = response.status_code in _TEMPORARY
            except httpx.HTTPError as error:
                problem = _NUMBER.sub("", str(error)) or type(error).__name__
                wrong = (httpx.UnsupportedProtocol, httpx.LocalProtocolError)
                temporary = isinstance(error, httpx.TransportError) and not isinstance(error, wrong)
            except httpx.InvalidURL as error:
                problem, temporary = str(error), False
            problem = problem[:_LONGEST_PROBLEM]
            if not temporary or attempt == self._attempts:
                times = "" if attempt == 1 else f" {attempt} times"
                raise EncoderError(
                    f"The {self._kind} {self._url} failed{times} ({problem}). Check the "
                    "address, the model's name and TAMNGU_ENDPOINT_KEY."
                )
            pause = min(float(retry_after) if retry_after.isdecimal() else wait, _MAX_WAIT_S)
            _LOG.info("%s failed (%s); the next attempt is in %.1f s.", self._url, problem, pause)
            time.sleep(pause)
            wait *= 2
        raise AssertionError("unreachable")
