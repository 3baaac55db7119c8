"""Which URLs may be asked for."""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv6Address

import httpx

from rag.fetching.errors import FetchError

MAX_CHARACTERS = 4096
"""Of a URL; what is longer is a mistake or an attack."""

_NAME = re.compile(r"(?=.{1,254}\Z)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?")


def checked_url(url: str) -> httpx.URL:
    """Read a URL, without its fragment; only its form is checked, nothing is looked up.

    Raises:
        FetchError: it is too long, is none, is of another scheme than http and https, has no host
            or a bad one, has a bad port, or names a user.
    """
    if len(url) > MAX_CHARACTERS:
        raise FetchError(f"it is longer than {MAX_CHARACTERS} characters")
    if any(character.isspace() for character in url):
        raise FetchError("it has a space in it")
    try:
        parsed = httpx.URL(url).copy_with(fragment=None)
    except (httpx.InvalidURL, ValueError) as error:
        raise FetchError(f"it is no URL ({error})") from error
    if parsed.scheme not in ("http", "https"):
        raise FetchError("it is no http or https URL")
    if parsed.userinfo:
        raise FetchError("it holds a user name or password, and neither is ever sent")
    if not parsed.raw_host:
        raise FetchError("it names no host")
    if not _is_host(parsed.raw_host.decode("ascii")):
        raise FetchError("what it names as its host cannot be one")
    if parsed.port is not None and not 0 < parsed.port < 2**16:
        raise FetchError(f"there is no port {parsed.port}")
    return parsed


def redirect_target(url: httpx.URL, location: str) -> httpx.URL:
    """Return where ``url`` redirects to.

    Raises:
        FetchError: that is no URL that may be asked for.
    """
    try:
        return checked_url(str(url.join(location)))
    except (httpx.InvalidURL, ValueError, FetchError) as error:
        raise FetchError(f"its redirect cannot be followed: {error}") from error


def _is_host(host: str) -> bool:
    """Tell a name or an IP address, as both look alike but for IPv6, from anything else."""
    if ":" not in host:
        return _NAME.fullmatch(host) is not None
    try:
        return IPv6Address(host).scope_id is None
    except AddressValueError:
        return False
