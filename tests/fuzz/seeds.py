"""Small documents of every kind, from which a fuzzer begins."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections.abc import Sequence
from functools import cache

from rag.readers.registry import ENDINGS
from tests.hostile import HOSTILE, NEEDS_LIMITS
from tests.pdf_file import Words, pdf_file, wrapped
from tests.word_file import word_file, zipped

VI = "Lào gia nhập ASEAN ngày 23/7/1997, cùng với Miến Điện. Lễ kết nạp diễn ra ở Kuala Lumpur."
ZH = "联合国大会星期一通过了关于同东盟合作的决议。越南代表十国主持谈判，三分之二的国家赞成。"
EN = "The council met in Vientiane on Monday, 25 Nov 2020, and agreed on a plan for the river."

_OBJECT = {
    "id": "a-1",
    "title": "Sông Mê Công",
    "text": f"{VI}\n\n{EN}",
    "language": "vi",
    "url": "https://a.example/2020/11/25/song",
    "source": "Báo",
    "published_at": "2020-11-25T20:36:00+07:00",
    "authors": ["An", "Bình"],
    "tags": ["ASEAN"],
}
_PAGE = f"""<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>Sông - Báo</title>
<meta property="article:published_time" content="2020-11-25T20:36:00+07:00">
<link rel="canonical" href="https://a.example/song"><meta name="author" content="An">
<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "Sông",
"datePublished": "2020-11-25", "author": [{{"@type": "Person", "name": "An"}}]}}</script></head>
<body><nav><a href="/">Trang chủ</a></nav><article><h1>Sông</h1><p class="date">Thứ Tư, 25/11/2020
20:36 (GMT+7)</p><p>{VI}</p><p>{EN}</p><table><tr><th>Nước</th><td>Lào</td></tr></table>
<ul><li>một<li>hai</ul><blockquote>{ZH}</blockquote></article><aside>Tin liên quan</aside>
<footer>Bình luận</footer></body></html>"""
_MARKDOWN = f"""---
title: Sông Mê Công
published_at: 2020-11-25
authors: [An, Bình]
tags:
  - ASEAN
---
# Sông

{VI} [Báo](https://a.example/ "t") và ![ảnh](a.png).

| Nước | Năm |
|------|----:|
| Lào  | 1997 |

> {EN}

1. một
2. `hai`

```
mã
```
<!-- ẩn --> **{ZH}**
"""
_MAIL = f"""From: =?utf-8?q?Nguy=E1=BB=85n_An?= <an@a.example>
To: b@b.example
Subject: =?utf-8?b?U8O0bmcgTcOqIEPDtG5n?=
Date: Wed, 25 Nov 2020 20:36:00 +0700
Message-ID: <1@a.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="b"

--b
Content-Type: multipart/alternative; boundary="c"

--c
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

{VI}

> {EN}
--c
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: quoted-printable

<p>Xin ch=C3=A0o</p>
--c--
--b
Content-Type: message/rfc822

Subject: inside
From: c@c.example

{EN}
--b
Content-Type: text/plain; name="a.txt"
Content-Disposition: attachment; filename="a.txt"
Content-Transfer-Encoding: base64

TMOgbyBnaWEgbmjhuq1wIEFTRUFOLg==
--b--
"""
_RSS = f"""<?xml version="1.0" encoding="utf-8"?><rss version="2.0"
xmlns:content="http://purl.org/rss/1.0/modules/content/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Báo</title>
<link>https://a.example/</link><item><title>Lào &amp; ASEAN</title>
<link>/one</link><dc:creator>An</dc:creator><pubDate>Wed, 25 Nov 2020 20:36:00 +0700</pubDate>
<description>{EN}</description><content:encoded><![CDATA[<p>{VI}</p>]]></content:encoded></item>
<item><title>b</title><guid>https://a.example/two</guid></item></channel></rss>"""
_ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://a.example/">
<title>报</title><entry><title>东盟</title><link href="one"/><id>urn:1</id>
<published>2020-11-25T20:36:00Z</published>
<author><name>李明</name></author><content type="html">&lt;p&gt;{ZH}&lt;/p&gt;</content></entry>
</feed>"""
_SITEMAP = """<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url>
<loc> https://a.example/one </loc><lastmod>2020-11-25</lastmod></url></urlset>"""
_TABLE = f'id,title,text,published_at\n1,Lào,"{VI}",2020-11-25\n2,东盟,"{ZH}\n""x""",\n'

_WORD = (
    "<w:p><w:pPr><w:pStyle w:val='Heading1'/></w:pPr><w:r><w:t>Sông</w:t></w:r></w:p>"
    f"<w:p><w:r><w:t xml:space='preserve'>{VI} </w:t><w:br/><w:t>{EN}</w:t></w:r></w:p>"
    "<w:tbl><w:tblPr/><w:tblGrid/><w:tr><w:tc><w:tcPr><w:gridSpan w:val='2'/></w:tcPr><w:p><w:r>"
    "<w:t>Nước</w:t></w:r></w:p></w:tc></w:tr><w:tr><w:tc><w:tcPr><w:vMerge w:val='restart'/>"
    f"</w:tcPr><w:p><w:r><w:t>{ZH}</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
)
_WORD_PARTS = word_file(
    f"<w:p><w:pPr><w:pStyle w:val='A'/></w:pPr><w:ins w:id='1'><w:r><w:t>{VI}</w:t></w:r></w:ins>"
    "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>TOC</w:instrText></w:r><w:r>"
    "<w:fldChar w:fldCharType='separate'/></w:r><w:r><w:footnoteReference w:id='2'/></w:r><w:r>"
    "<w:fldChar w:fldCharType='end'/></w:r></w:p><w:sdt><w:sdtContent><w:p><w:pPr><w:numPr><w:ilvl "
    "w:val='1'/><w:numId w:val='1'/></w:numPr><w:rPr><w:del w:id='3'/></w:rPr></w:pPr><w:r><w:pict>"
    f"<v:textbox><w:txbxContent><w:p><w:r><w:t>{EN}</w:t></w:r></w:p></w:txbxContent></v:textbox>"
    "</w:pict></w:r></w:p></w:sdtContent></w:sdt><w:altChunk r:id='c'/><w:p><m:oMath><m:f><m:num>"
    "<m:r><m:t>1</m:t></m:r></m:num><m:den/></m:f></m:oMath></w:p>",
    related=(("c", "aFChunk", "c.html"),),
    styles="<w:style w:type='paragraph' w:styleId='A'><w:name w:val='toc 1'/><w:basedOn w:val='B'/>"
    "<w:pPr><w:numPr><w:numId w:val='1'/></w:numPr></w:pPr></w:style>",
    numbering="<w:abstractNum w:abstractNumId='0'><w:lvl w:ilvl='0'><w:start w:val='3'/><w:numFmt "
    "w:val='chineseCounting'/><w:lvlText w:val='第%1条'/></w:lvl><w:lvl w:ilvl='1'><w:lvlText "
    "w:val='%1.%2'/></w:lvl></w:abstractNum><w:num w:numId='1'><w:abstractNumId w:val='0'/>"
    "<w:lvlOverride w:ilvl='0'><w:startOverride w:val='2'/></w:lvlOverride></w:num>",
    footnotes=f"<w:footnote w:id='2'><w:p><w:r><w:t>{ZH}</w:t></w:r></w:p></w:footnote>",
    c__html=f"<p>{EN}</p>".encode(),
)
_CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OPS/book.opf"/></rootfiles></container>'
)
_PACKAGE = """<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">
<metadata><dc:title>Sông</dc:title><dc:creator>An</dc:creator><dc:language>vi</dc:language>
<dc:date>2020-11-25</dc:date></metadata><manifest>
<item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="a" href="t/m%E1%BB%99t.xhtml" media-type="application/xhtml+xml"/></manifest>
<spine><itemref idref="n"/><itemref idref="a"/></spine></package>"""


def _response(url: str, body: bytes, headers: str) -> bytes:
    http = f"HTTP/1.1 200 OK\r\n{headers}\r\n\r\n".encode() + body
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:1>\r\n"
        f"WARC-Date: 2020-01-01T00:00:00Z\r\nWARC-Target-URI: {url}\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
    )
    return head.encode() + http + b"\r\n\r\n"


def _web_archive() -> bytes:
    return b"".join(
        (
            _response("https://a.example/one", _PAGE.encode(), "Content-Type: text/html"),
            _response(
                "https://a.example/two",
                gzip.compress(_PAGE.encode(), mtime=0),
                "Content-Type: text/html; charset=utf-8\r\nContent-Encoding: gzip",
            ),
            _response("https://a.example/3.txt", VI.encode(), "Content-Type: text/plain"),
        )
    )


def _pdf() -> bytes:
    pages = [
        [
            Words(50, 780, 18, "The river"),
            *wrapped(EN * 2, x=50, top=740, width=220),
            *wrapped(VI * 2, x=320, top=740, width=220),
            Words(50, 40, 9, str(number)),
        ]
        for number in range(1, 4)
    ]
    return pdf_file(pages)


@cache
def documents() -> dict[str, tuple[bytes, ...]]:
    """Return small documents by their kind, a file ending."""
    members = {"a.txt": VI.encode(), "b/c.html": _PAGE.encode(), "d.jsonl": b'{"text": "a"}\n'}
    archive = zipped(members)
    book = {
        "META-INF/container.xml": _CONTAINER.encode(),
        "OPS/book.opf": _PACKAGE.encode(),
        "OPS/t/một.xhtml": f"<html><body><h1>Hai</h1><p>{VI}</p></body></html>".encode(),
        "OPS/nav.xhtml": b"<html><body><p>1 2</p></body></html>",
    }
    lines = b"\n".join(json.dumps(each).encode() for each in (_OBJECT, {"text": ZH}, {"text": EN}))
    known = {
        ".txt": (f"{VI}\n\n{ZH}\n\n{EN}".encode(), VI.encode("utf-16"), ZH.encode("gb18030")),
        ".md": (_MARKDOWN.encode(),),
        ".html": (_PAGE.encode(), f"<p>{EN}<p>{VI}".encode()),
        ".pdf": (_pdf(),),
        ".docx": (word_file(_WORD), _WORD_PARTS),
        ".epub": (zipped(book),),
        ".eml": (_MAIL.encode(), f"Subject: a\n\n{EN}".encode()),
        ".json": (json.dumps([_OBJECT, {"text": EN}]).encode(), json.dumps(_OBJECT).encode()),
        ".jsonl": (lines,),
        ".csv": (_TABLE.encode(), b"text;title\na;b\n"),
        ".tsv": (_TABLE.replace(",", "\t").encode(),),
        ".rss": (_RSS.encode(), _ATOM.encode(), _SITEMAP.encode()),
        ".warc": (_web_archive(),),
        ".warc.gz": (gzip.compress(_web_archive(), mtime=0),),
        ".zip": (
            archive,
            zipped({"e.zip": archive, "f.md": _MARKDOWN.encode()}, zipfile.ZIP_STORED),
        ),
    }
    return {kind: (*own, *_hostile(kind)) for kind, own in known.items()}


def _hostile(kind: str) -> Sequence[bytes]:
    """Return the hostile documents of a kind in small; a fuzzer makes them large."""
    return [
        generate(400)
        for name, (of, generate) in HOSTILE.items()
        if of == kind and name not in NEEDS_LIMITS
    ]


_STOOD_FOR = (".markdown", ".htm", ".xhtml", ".docm", ".dotx", ".dotm", ".atom", ".xml")

KINDS = tuple(kind for kind in ENDINGS if kind not in _STOOD_FOR)
"""Kinds of documents without those that another one stands for."""
