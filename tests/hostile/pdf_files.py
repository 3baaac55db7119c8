"""Hostile PDF files."""

from __future__ import annotations

from tests.hostile.repeating import Generator


def _objects(*bodies: bytes) -> bytes:
    """Return a PDF file of objects, the first of which is its catalog."""
    data, places = b"%PDF-1.4\n", []
    for number, body in enumerate(bodies, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    table = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(bodies) + 1, table)
    end = b"trailer\n<</Size %d /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
    return data + table + end % (len(bodies) + 1, len(data))


def _stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<<%s /Length %d>>\nstream\n%s\nendstream" % (entries, len(content), content)


def _page(content: bytes, resources: bytes, *more: bytes, entries: bytes = b"") -> bytes:
    return _objects(
        b"<</Type /Catalog /Pages 2 0 R>>",
        b"<</Type /Pages /Kids [3 0 R] /Count 1>>",
        b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources <<%s>>>>"
        % resources,
        _stream(content, entries),
        *more,
    )


_FONT = b"/Font <</F <</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>>>"


def _text_on_page(text: bytes) -> bytes:
    return _page(b"BT /F 1 Tf 10 800 Td (%s) Tj ET" % text, _FONT)


def _own_form(n: int) -> bytes:
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources <</XObject <</A 5 0 R>>>>"
    return _page(b"/A Do", b"/XObject <</A 5 0 R>>", _stream(b"/A Do " * 2, form))


def _doubled_forms(n: int) -> bytes:
    last = 5 + n // 100
    forms = [
        _stream(
            b"/A Do /A Do",
            b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources <</XObject <</A %d 0 R>>>>"
            % min(number + 1, last),
        )
        for number in range(5, last)
    ]
    end = _stream(b"", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9]")
    return _page(b"/A Do", b"/XObject <</A 5 0 R>>", *forms, end)


def page_of_packed_text(packed: bytes) -> bytes:
    """Return a page whose content, in a font named F, is packed by zlib."""
    return _page(packed, _FONT, entries=b"/Filter /FlateDecode")


def _lines_of_text(n: int) -> bytes:
    return _page(b"BT /F 1 Tf 10 800 Td 1 TL %s ET" % (b"(a-) ' " * (n // 7)), _FONT)


def _pages_in_a_circle(n: int) -> bytes:
    kids = b"2 0 R " * (n // 6)
    return _objects(
        b"<</Type /Catalog /Pages 2 0 R>>",
        b"<</Type /Pages /Kids [%s] /Count %d>>" % (kids, n),
    )


PDF_FILES: dict[str, tuple[str, Generator]] = {
    "pdf: a form that shows itself": (".pdf", _own_form),
    "pdf: forms that each show two others": (".pdf", _doubled_forms),
    "pdf: a line of letters": (".pdf", lambda n: _text_on_page(b"a" * n)),
    "pdf: a line of hyphens": (".pdf", lambda n: _text_on_page(b"a-" * (n // 2))),
    "pdf: lines that end in hyphens": (".pdf", _lines_of_text),
    "pdf: pages in a circle": (".pdf", _pages_in_a_circle),
    "pdf: brackets": (".pdf", lambda n: _objects(b"<</Type /Catalog /Pages" + b"[" * n + b">>")),
    "pdf: bytes that are none": (".pdf", lambda n: bytes(range(256)) * (n // 256)),
}
