"""What the client makes of a response: a result or an error."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any, TypeVar

import httpx

from tamngu.client.calls import Call
from tamngu.client.json_records import NotUnderstood

Result = TypeVar("Result")


class ApiError(Exception):
    """The service refused a request, or could not be reached.

    Attributes:
        status: of HTTP; 0 if there was no response.
        title: the status in words.
        detail: one sentence.
    """

    def __init__(self, status: int, title: str, detail: str) -> None:
        """Keep the members of the problem body."""
        super().__init__(f"{status} {title}: {detail}" if status else f"{title}: {detail}")
        self.status = status
        self.title = title
        self.detail = detail

    def __reduce__(self) -> tuple[type[ApiError], tuple[int, str, str]]:
        """Allow pickling, so that it can pass between processes."""
        return type(self), (self.status, self.title, self.detail)


def result_of(call: Call[Result], response: httpx.Response) -> Result:
    """Return the result of a call, read from its response.

    Raises:
        ApiError: the response is an error, or does not come from a Tamngu service.
    """
    try:
        content = response.json() if response.content else None
    except ValueError:
        content = None
        if response.is_success:
            raise _not_understood(response.status_code) from None
    if response.is_success:
        try:
            return call.read(content)
        except NotUnderstood:
            raise _not_understood(response.status_code) from None
    said = content if isinstance(content, dict) else {}
    title = said.get("title") or response.reason_phrase or "Error"
    detail = said.get("detail") or f"The service answered {response.status_code}."
    raise ApiError(response.status_code, str(title), str(detail))


UNSENT = (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError, UnicodeError)
"""Errors of a request that cannot be sent."""


def unreachable(error: Exception) -> ApiError:
    """Return the error for a service that does not answer or a request that cannot be sent."""
    if isinstance(error, UNSENT):
        return ApiError(0, "Not sent", f"This request cannot be sent: {error}")
    title = "Timeout" if isinstance(error, httpx.TimeoutException) else "Unreachable"
    return ApiError(0, title, f"The service does not answer: {error or type(error).__name__}")


def request_of(call: Call[Any], open_files: ExitStack) -> dict[str, Any]:
    """Return the arguments of httpx; the stack closes the files that are opened here."""
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


def _not_understood(status: int) -> ApiError:
    return ApiError(status, "Not understood", "This is no answer of Tamngu; check the address.")
