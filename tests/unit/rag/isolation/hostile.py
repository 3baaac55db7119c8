"""Documents that are small and made to cost a parser much, each of any size.

Some of them cost nothing today, because the parser was mended or always was able. They stay, for
the next parser.
"""

from __future__ import annotations

import base64
import gzip
import io
import json
import zipfile
from collections.abc import Callable

Generator = Callable[[int], bytes]
"""Takes a measure of size, and returns the bytes of a document."""

SIZES = (10, 300, 3000)
"""Measures that are tested; at the largest one most documents have between 10 and 100 KB."""

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org"
_CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="b.opf"/></rootfiles></container>'
)


def repeated(unit: str, before: str = "", after: str = "") -> Generator:
    return lambda n: f"{before}{unit * n}{after}".encode()


def zipped(*members: tuple[str, Generator]) -> Generator:
    def generate(n: int) -> bytes:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members:
                archive.writestr(name, content(n))
        return packed.getvalue()

    return generate


def many_members(n: int) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(n):
            archive.writestr(f"{number}.txt", "")
    return packed.getvalue()


def word(body: Generator) -> Generator:
    """Return a Word file whose body has some XML."""

    def document(n: int) -> bytes:
        inside = f"<w:body>{body(n).decode()}</w:body>"
        return f'<w:document xmlns:w="{_WORD}">{inside}</w:document>'.encode()

    main = f"{_OFFICE}/officeDocument/2006/relationships/officeDocument"
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    relationships = (
        f'<Relationships xmlns="{_OFFICE}/package/2006/relationships">'
        f'<Relationship Id="r" Type="{main}" Target="word/document.xml"/></Relationships>'
    )
    types = (
        f'<Types xmlns="{_OFFICE}/package/2006/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{kind}"/></Types>'
    )
    return zipped(
        ("[Content_Types].xml", lambda n: types.encode()),
        ("_rels/.rels", lambda n: relationships.encode()),
        ("word/document.xml", document),
    )


def wide_cell(n: int) -> bytes:
    span = b'<w:tcPr><w:gridSpan w:val="%d"/></w:tcPr>' % (n * 1000)
    return b"<w:tbl><w:tr><w:tc>%s</w:tc></w:tr></w:tbl>" % span


def book(package: Generator, page: Generator) -> Generator:
    return zipped(
        ("META-INF/container.xml", lambda n: _CONTAINER.encode()),
        ("b.opf", package),
        ("a.xhtml", page),
    )


def spine(n: int) -> bytes:
    items = '<itemref idref="a"/>' * (n * 10)
    return (
        '<package><manifest><item id="a" href="a.xhtml" media-type="application/xhtml+xml"/>'
        f"</manifest><spine>{items}</spine></package>"
    ).encode()


def pdf(*objects: bytes) -> bytes:
    """Return a PDF file of objects; the first one is its catalog."""
    data = b"%PDF-1.7\n"
    starts = []
    for number, content in enumerate(objects, start=1):
        starts.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    entries = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    trailer = b"trailer\n<</Size %d/Root 1 0 R>>\n" % (len(objects) + 1)
    return data + entries + trailer + b"startxref\n%d\n%%%%EOF" % len(data)


def stream(dictionary: bytes, content: bytes) -> bytes:
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (dictionary, len(content), content)


def page(content: bytes, resources: bytes, *more: bytes) -> bytes:
    """Return a PDF file of one page; the further objects have numbers from 5."""
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<<%s>>>>"
        % resources,
        stream(b"", content),
        *more,
    )


def form_in_itself(n: int) -> bytes:
    form = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F 5 0 R>>>>"
    return page(b"/F Do", b"/XObject<</F 5 0 R>>", stream(form, b"/F Do " * max(n // 1000, 2)))


def forms_in_forms(n: int) -> bytes:
    """Return a page whose form calls another twice, and so on."""
    depth = min(n // 20 + 2, 20)
    forms = [
        stream(
            b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F %d 0 R>>>>"
            % (number + 6),
            b"/F Do /F Do",
        )
        for number in range(depth)
    ]
    last = stream(b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]", b"0 0 m")
    return page(b"/F Do", b"/XObject<</F 5 0 R>>", *forms, last)


def dense_text(n: int) -> bytes:
    font = b"/Font<</A<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>"
    return page(b"BT /A 1 Tf " + b"(abcdefghij) Tj " * n + b"ET", font)


def kids_in_a_circle(n: int) -> bytes:
    return pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count %d>>" % n)


def merge_bomb(n: int) -> bytes:
    levels = min(n // 40 + 2, 9)
    lines = ["a0: &a0 {x: 1}"]
    lines += [f"a{i}: &a{i}\n  <<: [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, levels)]
    return ("---\n" + "\n".join(lines) + "\n---\nText.").encode()


def alias_bomb(n: int) -> bytes:
    levels = min(n // 40 + 2, 9)
    lines = ["a0: &a0 [x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, levels)]
    return ("---\n" + "\n".join(lines) + f"\ntags: *a{levels - 1}\n---\nText.").encode()


def formatting(n: int) -> bytes:
    some = n // 5
    opened = "".join(f"<b id={number}>" for number in range(some))
    return f"<p>{opened}</p>{'<p>x</p>' * some}".encode()


def wide_header(n: int) -> bytes:
    names = ",".join("h" * n + str(number) for number in range(12))
    return f"{names}\n{('a,' * 12 + chr(10)) * n}".encode()


def parts(n: int) -> bytes:
    head = "from: a@a.example\nsubject: a\ncontent-type: multipart/mixed; boundary=b\n\n"
    return (head + "--b\ncontent-type: text/plain\n\na\n" * n + "--b--").encode()


def nested_parts(n: int) -> bytes:
    lines = ["from: a@a.example", "subject: a"]
    for number in range(n // 5):
        lines += [f"content-type: multipart/mixed; boundary=b{number}", "", f"--b{number}"]
    return "\n".join([*lines, "content-type: text/plain", "", "a"]).encode()


def web_archive(content: Generator) -> Generator:
    """Return an archive of one page."""

    def generate(n: int) -> bytes:
        body = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + content(n)
        head = (
            "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://a.example/\r\n"
            "WARC-Date: 2024-01-01T00:00:00Z\r\nWARC-Record-ID: <urn:uuid:1>\r\n"
            "Content-Type: application/http; msgtype=response\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body + b"\r\n\r\n"

    return generate


def packed(content: Generator) -> Generator:
    return lambda n: gzip.compress(content(n))


def feed(content: Generator) -> Generator:
    def generate(n: int) -> bytes:
        return b"<rss version='2.0'><channel><item>%s</item></channel></rss>" % content(n)

    return generate


def linked_data(unit: str) -> Generator:
    return repeated(
        unit, '<html><head><script type="application/ld+json">', "</script></head><p>x</p></html>"
    )


def punycode(n: int) -> bytes:
    return b"<meta charset=punycode>-" + b"ba" * n


def entities(n: int) -> bytes:
    lines = [f"<!ENTITY e{i} '{f'&e{i - 1};' * 9}'>" for i in range(1, min(n // 40 + 2, 9))]
    head = "".join(["<!ENTITY e0 'x'>", *lines])
    return f"<!DOCTYPE r [{head}]><rss><channel><title>&e1;</title></channel></rss>".encode()


MARKUP = (
    "<!--",
    "<",
    "<br ",
    "<br>",
    "<p>x",
    "<div>",
    "</div>",
    "<select><option>x",
    "<table><tr><td>x",
    "<b><i><u>",
    "<a href=",
    "<!DOCTYPE ",
    "<![CDATA[",
    "<svg><style>",
    "<noscript><template>",
    "&#x",
    "&amp",
    "<title>a - b</title>",
    "<li>x<li>",
    "<h1>a</h1>",
    '<meta name="a" content="b">',
    "\u0301\u0323",
    "\u202e",
    "\x00",
)
"""What is repeated in pages and in Markdown."""

WORDS = (
    "a\n",
    "a ",
    " ",
    "\t\n",
    "a-",
    "\u0301\u0323",
    "chia sẻ ",
    "* ",
    "> ",
    "- a\n",
    "|a",
    "|a|b|\n|-|-|\n",
    "`",
    "[](",
    "![",
    "**a",
    "_a_",
    "~~~\n",
    "[a]: b\n",
    "http://",
    "中",
    "一。",
    "\ufeff",
    "\u2028",
)
"""What is repeated in texts and in Markdown."""

GENERATORS: dict[str, tuple[str, Generator]] = {
    **{f"page of {unit!r}": (".html", repeated(unit)) for unit in MARKUP},
    **{f"Markdown of {unit!r}": (".md", repeated(unit)) for unit in (*MARKUP, *WORDS)},
    **{f"text of {unit!r}": (".txt", repeated(unit)) for unit in WORDS},
    "formatting that is opened again": (".html", formatting),
    "linked data of authors": (".html", linked_data('{"author": "')),
    "linked data of persons": (".html", linked_data('"@type":"Person"')),
    "linked data of publishers": (".html", linked_data('"publisher":{"name":"')),
    "page in punycode": (".html", punycode),
    "page with long titles": (
        ".html",
        lambda n: b"<title>" + b"w - " * n + b"</title>" + b"<p>w" * n,
    ),
    "merges": (".md", merge_bomb),
    "aliases": (".md", alias_bomb),
    "front matter that nests": (".md", lambda n: b"---\na: " + b"[" * n + b"\n---\nx"),
    "front matter with a long number": (".md", lambda n: b"---\na: " + b"1" * n + b"\n---\nx"),
    "wide header": (".csv", wide_header),
    "rows of commas": (".csv", lambda n: b"text\n" + b"," * n),
    "open quote": (".csv", repeated('"a', "text\n")),
    "bad lines": (".jsonl", repeated("x\n")),
    "empty objects": (".jsonl", repeated("{}\n")),
    "nested lines": (".jsonl", repeated("[")),
    "small values": (".json", repeated("[],", "[", "0]")),
    "nested values": (".json", repeated('{"a":')),
    "long number": (".json", repeated("1", '{"text": ', "}")),
    "escapes": (".json", repeated("\\ud800", '{"text": "', '"}')),
    "encoded sender": (".eml", repeated("=?utf-8?q?a?= ", "from: ", "\n\nx")),
    "encoded subject": (".eml", repeated("=?utf-8?q?a?= ", "subject: ", "\n\nx")),
    "many senders": (".eml", repeated("a ", "from: ", "\n\nx")),
    "comments in comments": (".eml", repeated("(", "from: ", "\n\nx")),
    "many headers": (".eml", repeated("a: b\n", "from: a\n", "\nx")),
    "parameters": (".eml", repeated("; a=b", "from: a\ncontent-type: text/plain", "\n\nx")),
    "many parts": (".eml", parts),
    "nested parts": (".eml", nested_parts),
    "feed of comments": (".xml", repeated("<!---->", after="x")),
    "feed of entities": (".xml", entities),
    "feed of styles": (
        ".xml",
        feed(repeated("a", '<description>&lt;div style="', '"</description>')),
    ),
    "feed of entries": (".xml", repeated("<item><title>a</title></item>", "<rss><channel>")),
    "nested feed": (".xml", repeated("<a>", "<rss>")),
    "many members": (".zip", many_members),
    "zipped bad lines": (".zip", zipped(("a.jsonl", repeated("x\n" * 100)))),
    "zipped zeros": (".zip", zipped(("a.txt", lambda n: bytes(n * 1000)))),
    "zips in zips": (".zip", zipped(("a.zip", zipped(("b.zip", zipped(("c.zip", many_members))))))),
    "zip that is cut": (".zip", lambda n: many_members(n)[: -n // 2]),
    "wide cell": (".docx", word(wide_cell)),
    "merged rows": (
        ".docx",
        word(
            repeated(
                '<w:tr><w:tc><w:tcPr><w:vMerge w:val="continue"/></w:tcPr></w:tc></w:tr>',
                "<w:tbl>",
                "</w:tbl>",
            )
        ),
    ),
    "paragraphs of Word": (".docx", word(repeated("<w:p><w:r><w:t>x</w:t></w:r></w:p>"))),
    "spine": (".epub", book(spine, lambda n: b"<p>x</p>")),
    "page of a book": (".epub", book(spine, repeated("<p>x"))),
    "form that calls itself": (".pdf", form_in_itself),
    "forms in forms": (".pdf", forms_in_forms),
    "dense text": (".pdf", dense_text),
    "kids in a circle": (".pdf", kids_in_a_circle),
    "brackets of PDF": (".pdf", lambda n: pdf(b"<</Type/Catalog/Pages" + b"[" * n + b">>")),
    "web archive": (".warc", web_archive(repeated("<p>x"))),
    "cut web archive": (".warc", lambda n: web_archive(repeated("<p>x"))(n)[: -n // 2]),
    "packed web archive": (".warc.gz", packed(web_archive(lambda n: bytes(n * 1000)))),
    "bytes of no kind": (".pdf", lambda n: base64.b64encode(bytes(range(256))) * (n // 100 + 1)),
    "keys of JSON": (
        ".json",
        lambda n: json.dumps({f"{number}": number for number in range(n)}).encode(),
    ),
}
"""By name: the kind of the document, and its generator."""
