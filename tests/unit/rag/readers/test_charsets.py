"""Names of encodings, those that are wrong or missing, and the words of headers."""

from __future__ import annotations

import base64

import pytest

from rag.readers.decode import decode, decode_html, is_wide
from rag.readers.letters.labels import codecs_of
from tests.unit.rag.readers.reading import articles

HANS = "市农业局昨天发布消息，今年春耕所需的种子和化肥已经全部到位。"
HANT = "縣政府昨天表示，新的圖書館將於明年動工，預計兩年後完成。"
VI = "Sở nông nghiệp cho biết giống lúa và phân bón đã về đủ cho vụ xuân."
EN = "The county said that work on the library is going to begin next year."
GBK_ONLY = "镕基與鎔樓"


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("GB2312", "gb18030"),
        ("x-gbk", "gb18030"),
        ("euc-cn", "gb18030"),
        ("ks_c_5601-1987", "cp949"),
        ("iso-8859-1", "cp1252"),
        ("US-ASCII", "cp1252"),
        ("latin5", "cp1254"),
        ("windows-31j", "cp932"),
        ("unicode-1-1-utf-8", "utf-8"),
        ("utf8", "utf-8"),
        ("tis-620", "cp874"),
        ("big5-hkscs", "cp950"),
        ("x-user-defined-by-nobody", None),
        ("zlib", None),
    ],
)
def test_names_stand_for_what_is_sent_under_them(label: str, codec: str | None) -> None:
    assert (codecs_of(label) or (None,))[0] == codec


@pytest.mark.parametrize(
    ("text", "sent", "label"),
    [
        (GBK_ONLY, "gb18030", "gb2312"),
        ("一些", "gb18030", "gb2312"),
        ("香港中環嘅啲嚟", "big5hkscs", "big5"),
        ("“Café” – 5 €", "cp1252", "iso-8859-1"),
        ("똠방각하", "cp949", "ks_c_5601-1987"),
        (HANS, "utf-8", "gb2312"),
        (HANT, "utf-8", "big5"),
        (VI, "utf-8", "iso-8859-1"),
        ("Café à Genève", "utf-8", "gb2312"),
        (HANS, "gb18030", "utf-8"),
        (HANS, "gb18030", "iso-8859-1"),
        (HANT, "big5", "windows-1252"),
        (HANT, "big5", "unknown-8bit"),
        (VI, "utf-16-le", "utf-16"),
        (HANS, "utf-16-be", None),
        (HANS, "hz", "hz-gb-2312"),
        ("会議は火曜日です", "iso2022_jp", "iso-2022-jp"),
    ],
)
def test_a_label_is_used_unless_it_cannot_be_right(text: str, sent: str, label: str | None) -> None:
    assert decode(text.encode(sent), label) == text


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("text", [HANS, HANT, VI, EN, f"{EN}\r\n{HANS}", "Hi."])
def test_wide_text_without_a_mark_is_read(text: str, codec: str) -> None:
    data = text.encode(codec)
    assert decode(data) == text
    assert is_wide(data)
    (article,) = articles("a.txt", data)
    assert article.text == text.replace("\r\n", "\n")


@pytest.mark.parametrize(
    "data",
    [
        HANS.encode("gb18030"),
        HANT.encode("big5"),
        VI.encode(),
        b"ab",
        "Été à Nîmes".encode("cp1252"),
    ],
)
def test_other_text_is_not_wide(data: bytes) -> None:
    assert not is_wide(data)


def test_lines_in_another_encoding_among_lines_in_utf8_are_read() -> None:
    data = b"\n".join([VI.encode(), HANS.encode("gb18030"), EN.encode(), HANT.encode()])
    assert decode(data) == f"{VI}\n{HANS}\n{EN}\n{HANT}"


def test_a_page_states_its_encoding_in_xml_or_by_a_name_that_cannot_be() -> None:
    xml = f'<?xml version="1.0" encoding="gb2312"?><html><p>{GBK_ONLY}</p></html>'
    assert GBK_ONLY in decode_html(xml.encode("gb18030"))
    wide = f'<meta charset="utf-16"><p>{VI}</p>'
    assert VI in decode_html(wide.encode())


def test_a_feed_in_gbk_that_says_gb2312_is_read_whole() -> None:
    text = f"{HANS}{GBK_ONLY}" * 8
    feed = (
        '<?xml version="1.0" encoding="gb2312"?><rss version="2.0"><channel><item>'
        f"<title>{GBK_ONLY}</title><description>{text}</description></item></channel></rss>"
    )
    (article,) = articles("a.xml", feed.encode("gb18030"))
    assert article.title == GBK_ONLY
    assert GBK_ONLY in article.text


def word(data: bytes, label: str) -> str:
    return f"=?{label}?B?{base64.b64encode(data).decode()}?="


def quoted(data: bytes, label: str) -> str:
    return f"=?{label}?Q?{''.join(f'={byte:02X}' for byte in data)}?="


GBK = GBK_ONLY.encode("gb18030")


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        (word(GBK, "gb2312"), GBK_ONLY),
        (quoted(GBK, "x-gbk"), GBK_ONLY),
        (f"{word(GBK[:3], 'gb2312')}\n {word(GBK[3:], 'gb2312')}", GBK_ONLY),
        (f"{quoted(GBK[:5], 'GBK')} {quoted(GBK[5:], 'gbk')}", GBK_ONLY),
        (f"Re: {word(GBK, 'gb2312')} (2)", f"Re: {GBK_ONLY} (2)"),
        (word(HANS.encode(), "gb2312"), HANS),
        (word(HANS.encode(), "unknown-8bit"), HANS),
        (word(HANT.encode("big5"), "cn-big5"), HANT),
        (word(HANT.encode("utf-16-be"), "utf-16be"), HANT),
        (quoted(VI.encode()[:13], "utf-8") + "\n " + quoted(VI.encode()[13:], "utf-8"), VI),
        (word("한국".encode("cp949"), "ks_c_5601-1987"), "한국"),
        (word(b"\x93Caf\xe9\x94", "iso-8859-1"), "“Café”"),
        (f"{word(b'one', 'utf-8')} two {word(b'three', 'utf-8')}", "one two three"),
        (f"{word(GBK, 'gb2312').rstrip('=?')}?=", GBK_ONLY),
    ],
)
def test_the_words_of_a_header_are_read_in_the_encoding_that_is_meant(
    subject: str, title: str
) -> None:
    sender = word("陈镕".encode("gb18030"), "gb2312")
    mail = f"From: {sender} <c@b.example>\nSubject: {subject}\n\n{EN}\n"
    (article,) = articles("a.eml", mail)
    assert article.title == title
    assert article.authors == ("陈镕",)


def test_a_header_in_raw_bytes_is_read() -> None:
    for data in (HANS.encode(), HANS.encode("gb18030")):
        mail = b"From: a@b.example\nSubject: " + data + b"\n\n" + EN.encode()
        assert articles("a.eml", mail)[0].title == HANS


def test_attachments_have_their_names_and_encodings() -> None:
    name = "".join(f"%{byte:02X}" for byte in f"{GBK_ONLY}.txt".encode("gb18030"))
    mail = (
        b"From: a@b.example\nSubject: x\nMIME-Version: 1.0\n"
        b'Content-Type: multipart/mixed; boundary="B"'
        b"\n\n--B\nContent-Type: text/plain; charset=gb2312\n\n"
        + GBK
        + b"\n--B\nContent-Type: text/plain; charset=gb2312\nContent-Disposition: attachment;\n"
        + f" filename*=gb2312''{name}\n\n".encode()
        + "一些".encode("gb18030")
        + b'\n--B\nContent-Type: text/plain; charset=big5; name="'
        + word("圖書館.txt".encode("big5"), "big5").encode()
        + b'"\nContent-Disposition: attachment\n\n'
        + HANT.encode("big5")
        + b"\n--B--\n"
    )
    found = articles("a.eml", mail)
    assert [article.text for article in found] == [GBK_ONLY, "一些", HANT]
    assert [article.source for article in found] == [
        "source",
        f"source!{GBK_ONLY}.txt",
        "source!圖書館.txt",
    ]
