"""How the client takes what comes back: a result, an error, or something to wait for."""

from __future__ import annotations

from contextlib import ExitStack
from http import HTTPStatus
from typing import Any, TypeVar

import httpx

from tamngu.client.calls import Call
from tamngu.client.records import NotUnderstood

Result = TypeVar("Result")

_LONGEST_WAIT_S = 30.0
"""Seconds that a busy service may have a caller wait before a further try."""


class TamnguApiError(Exception):
    """The service refused a request, or could not be reached.

    Attributes:
        status: of HTTP; 0 where there was no answer.
        title: the status in words.
        detail: one sentence.
    """

    def __init__(self, status: int, title: str, detail: str) -> None:
        """Take what the problem body says."""
        super().__init__(f"{status} {title}: {detail}" if status else f"{title}: {detail}")
        self.status = status
        self.title = title
        self.detail = detail

    def __reduce__(self) -> tuple[type[TamnguApiError], tuple[int, str, str]]:
        """Let it pass between processes."""
        return type(self), (self.status, self.title, self.detail)


def result_of(call: Call[Result], response: httpx.Response) -> Result:
    """Return what a call gives, read from its response.

    Raises:
        TamnguApiError: it is an error, or nothing that the service answers.
    """
    try:
        content = response.json() if response.content else None
    except ValueError:
        content = None
        if response.is_success:
            raise _strange(response.status_code) from None
    if response.is_success:
        try:
            return call.read(content)
        except NotUnderstood:
            raise _strange(response.status_code) from None
    said = content if isinstance(content, dict) else {}
    title = said.get("title") or response.reason_phrase or "Error"
    detail = said.get("detail") or f"The service answered {response.status_code}."
    raise TamnguApiError(response.status_code, str(title), str(detail))


def seconds_to_wait(call: Call[Any], response: httpx.Response, tries_left: int) -> float | None:
    """Return after how many seconds to try again, None where that is of no use."""
    if response.status_code != HTTPStatus.SERVICE_UNAVAILABLE or not call.repeatable:
        return None
    stated = response.headers.get("Retry-After", "")
    # Without the field it is no matter of waiting: a collection is damaged, or a proxy speaks.
    if not tries_left or not stated.isdecimal():
        return None
    return min(float(stated), _LONGEST_WAIT_S)


UNSENT = (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError, UnicodeError)
"""What is raised for a request that cannot be sent."""


def unreachable(error: Exception) -> TamnguApiError:
    """Return the error of a service that does not answer, or of a request that cannot be sent."""
    if isinstance(error, UNSENT):
        return TamnguApiError(0, "Not sent", f"This cannot be asked of a service: {error}")
    title = "Timeout" if isinstance(error, httpx.TimeoutException) else "Unreachable"
    return TamnguApiError(0, title, f"The service does not answer: {error or type(error).__name__}")


def request_of(call: Call[Any], open_files: ExitStack) -> dict[str, Any]:
    """Return what httpx is to send; files are opened, and stay so until the stack closes them."""
    request: dict[str, Any] = {
        "method": call.method,
        "url": call.path,
        "params": call.params or None,
        "headers": dict(call.headers),
    }
    if call.files:
        request["files"] = [
            ("files", (path.name, open_files.enter_context(path.open("rb")))) for path in call.files
        ]
    else:
        request["json"] = call.json
    return request


def _strange(status: int) -> TamnguApiError:
    return TamnguApiError(
        status, "Not understood", "This is no answer of Tamngu; look at the address."
    )
