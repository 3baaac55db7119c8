"""Where the links of a page lead: to pages of its site, or to other sites."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from rag.readers.pages.stated.publishers import host_name

if TYPE_CHECKING:
    from lxml.html import HtmlElement


def hosts_of(tree: HtmlElement, url: str | None) -> frozenset[str]:
    """Return the hosts that a page has: that of its URL, and those that it states."""
    stated = [url, *(element.get("href") for element in tree.iterfind(".//link[@rel='canonical']"))]
    stated += [each.get("content") for each in tree.iterfind(".//meta[@property='og:url']")]
    return frozenset(filter(None, map(host_name, stated)))


def leads_elsewhere(element: HtmlElement, hosts: frozenset[str]) -> bool:
    """Tell whether a link leads to another page of the site."""
    address = (element.get("href") or "").strip()
    if not address or address.startswith(("#", "javascript:", "mailto:", "tel:")):
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return not _is_of_other_site(parts.hostname, hosts) and bool(parts.path.strip("/"))


def leads_to_other_site(element: HtmlElement, hosts: frozenset[str]) -> bool:
    """Tell whether a link leads to another site; never where the page's own is not known."""
    try:
        host = urlsplit((element.get("href") or "").strip()).hostname
    except ValueError:
        return False
    return bool(hosts) and _is_of_other_site(host, hosts)


def _is_of_other_site(host: str | None, hosts: frozenset[str]) -> bool:
    bare = (host or "").removeprefix("www.")
    return bool(bare) and bare not in hosts
