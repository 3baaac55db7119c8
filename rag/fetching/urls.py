"""Checks of URLs before they are requested."""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv6Address

import httpx

from rag.fetching.errors import FetchError

MAX_CHARACTERS = 4096
"""Characters of a URL; a longer one is a mistake or an attack."""

_NAME = re.compile(r"(?=.{1,254}\Z)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?")


def checked_url(url: str) -> httpx.URL:
    """Return a URL without its fragment; its form is checked, and its host is not resolved.

    Raises:
        FetchError: it is too long, is not a URL, has another scheme than http and https, has no
            host or an invalid host or port, or has a user name.
    """
    if len(url) > MAX_CHARACTERS:
        raise FetchError(f"it is longer than {MAX_CHARACTERS} characters")
    if any(character.isspace() for character in url):
        raise FetchError("it has a space")
    try:
        parsed = httpx.URL(url).copy_with(fragment=None)
    except (httpx.InvalidURL, ValueError) as error:
        raise FetchError(f"it is not a URL ({error})") from error
    if parsed.scheme not in ("http", "https"):
        raise FetchError("it is not an http or https URL")
    if parsed.userinfo:
        raise FetchError("it has a user name or a password, which are never sent")
    if not parsed.raw_host:
        raise FetchError("it has no host")
    if not _is_host(parsed.raw_host.decode("ascii")):
        raise FetchError("its host is neither a name nor an IP address")
    if parsed.port is not None and not 0 < parsed.port < 2**16:
        raise FetchError(f"its port {parsed.port} is not valid")
    return parsed


def redirect_target(url: httpx.URL, location: str) -> httpx.URL:
    """Return the URL that ``url`` redirects to.

    Raises:
        FetchError: the target is not a URL that is allowed.
    """
    try:
        return checked_url(str(url.join(location)))
    except (httpx.InvalidURL, ValueError, FetchError) as error:
        raise FetchError(f"its redirect cannot be followed: {error}") from error


def _is_host(host: str) -> bool:
    """Tell whether a host is a name or an IP address; an IPv4 address looks like a name."""
    if ":" not in host:
        return _NAME.fullmatch(host) is not None
    try:
        return IPv6Address(host).scope_id is None
    except AddressValueError:
        return False
