"""What was found for a saved question as an Atom feed (RFC 4287)."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, SubElement, tostring

from tamngu.records.saved_question import Alert, SavedQuestion

_NAMESPACE = "http://www.w3.org/2005/Atom"

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML document holds."""


def atom_feed(question: SavedQuestion, alerts: Sequence[Alert]) -> bytes:
    """Return a feed with an entry for each article that was found, the newest first.

    An entry links to where its article was published, if that is a page of the web.
    """
    feed = Element("feed", {"xmlns": _NAMESPACE})
    if question.language:
        feed.set("xml:lang", question.language)
    _add(feed, "id", uuid.UUID(question.id).urn)
    _add(feed, "title", question.question)
    _add(feed, "updated", _moment(alerts[0].found_at if alerts else question.created_at))
    _add(feed, "generator", "Tamngu")
    for alert in alerts:
        feed.append(_entry(alert))
    document: bytes = tostring(feed, encoding="utf-8", xml_declaration=True)
    return document


def _entry(alert: Alert) -> Element:
    tag = f"{alert.language}-{alert.script}" if alert.script else alert.language
    entry = Element("entry", {"xml:lang": tag})
    _add(entry, "id", uuid.UUID(alert.id).urn)
    _add(entry, "title", alert.title)
    _add(entry, "updated", _moment(alert.found_at))
    author = SubElement(entry, "author")
    _add(author, "name", alert.source or alert.article_id)
    if alert.url and urlsplit(alert.url).scheme in ("http", "https"):
        SubElement(entry, "link", {"rel": "alternate", "href": _xml_text(alert.url)})
    said = f"{alert.answer}: {alert.quote}" if alert.answer else alert.quote
    _add(entry, "summary", said)
    return entry


def _add(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = _xml_text(text)


def _xml_text(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)


def _moment(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
