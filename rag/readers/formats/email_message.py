"""E-mail messages (.eml): the text is one article, each attachment is a document of its own."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from email.utils import getaddresses
from functools import partial

from rag.readers.decode import decode, decode_html
from rag.readers.document import Document
from rag.readers.formats.message_parts import message_bytes, parsed_message
from rag.readers.mail.flowed import unflowed
from rag.readers.mail.html_history import mark_history
from rag.readers.mail.marks import unmarked
from rag.readers.mail.own_words import OwnWords, own_words
from rag.readers.pages.html_text import html_text
from rag.readers.reading_options import Reading
from rag.readers.registry import document_kind, kind_of_response
from rag.records.new_article import make_article
from rag.text.cleaning import clean
from rag.text.dates.order import day_first_in, is_chinese
from rag.text.dates.stated import iso_date
from rag.text.joining.wrapped_lines import unwrapped
from tamngu.records.article import Article

_WRAPPED = 60
"""Columns from which on a line is taken to be wrapped if nothing speaks against it. Chosen
manually, not tuned: programs wrap messages at 65 to 78."""

_ENCRYPTED = ("multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime")


def read_email(document: Document, reading: Reading) -> Iterator[Article | Document]:
    """Yield the message, then its attachments.

    Other messages that it quotes and the signature are cut, unless boilerplate is to be kept.

    Raises:
        ValueError: it is encrypted, has too many parts or too long headers, or has neither text nor
            attachments.
    """
    message = parsed_message(document.read())
    if message.get_content_type() in _ENCRYPTED:
        raise ValueError("it is encrypted")
    attached = [part for part in _attachments(document, message) if part.kind]
    text = clean(_body(message, reading))
    if not message.keys() or not (text or attached):
        raise ValueError("it has no message")
    if text:
        yield _article(text, message, document, reading)
    yield from attached


def _article(text: str, message: EmailMessage, document: Document, reading: Reading) -> Article:
    subject = str(message.get("subject") or "")
    own = OwnWords(text, ()) if reading.keep_boilerplate else own_words(text, subject)
    return make_article(
        unwrapped(own.text, soft_from=_WRAPPED),
        key=document.key,
        title=subject or None,
        url=document.url,
        source=document.source,
        published_at=_date(message, text) or document.published_at,
        authors=_senders(message),
        cut=own.cut,
    )


def _senders(message: EmailMessage) -> list[str]:
    try:
        senders = getaddresses([str(message.get("from", ""))])
    except RecursionError:
        # Comments in addresses may be in one another to any depth.
        return []
    return [name or address for name, address in senders]


def _body(message: EmailMessage, reading: Reading) -> str:
    """Return the text of a message, with marks for what only its HTML says is quoted."""
    part = message.get_body(preferencelist=("plain", "html"))
    if part is None:
        return ""
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return ""
    charset = part.get_content_charset()
    if part.get_content_subtype() == "html":
        mark = None if reading.keep_boilerplate else mark_history
        return html_text(unmarked(decode_html(data, charset)), mark=mark)
    text = unmarked(decode(data, charset)).replace("\r\n", "\n")
    if str(part.get_param("format", "")).lower() == "flowed":
        return unflowed(text, delete_space=str(part.get_param("delsp", "")).lower() == "yes")
    return text


def _attachments(document: Document, message: EmailMessage) -> Iterator[Document]:
    for number, part in enumerate(message.iter_attachments(), start=1):
        name = part.get_filename() or f"{number}"
        kind = document_kind(name) or kind_of_response(part.get_content_type(), name) or ""
        attached = document.inner(name, kind=kind, open=partial(_opened, part))
        yield replace(attached, charset=part.get_content_charset())


def _opened(part: EmailMessage) -> io.BytesIO:
    if part.get_content_type() == "message/rfc822":
        (inner,) = part.iter_parts()
        assert isinstance(inner, EmailMessage)
        return io.BytesIO(message_bytes(inner))
    data = part.get_payload(decode=True)
    return io.BytesIO(data if isinstance(data, bytes) else b"")


def _date(message: EmailMessage, text: str) -> str | None:
    # As it was sent: the library's own reading of it loses zones that it does not know.
    sent = next((each for name, each in message.raw_items() if name.lower() == "date"), "")
    stated = str(sent).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return iso_date(stated, day_first=day_first_in(None, text), chinese=is_chinese(text))
