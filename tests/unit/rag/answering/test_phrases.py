from __future__ import annotations

import pytest

from rag.answering.phrases import attribution
from tamngu.records.citation import Citation

CITATION = Citation(
    marker="1",
    article_id="a",
    passage_id="a:0-9",
    title="Giá điện",
    url=None,
    published_at="2024-05-03",
    language="vi",
    start=0,
    end=9,
    quote="Giá điện.",
)


def test_a_quote_is_attributed_to_its_source() -> None:
    assert attribution("vi", CITATION, "TTXVN") == "Theo TTXVN, “Giá điện” (2024-05-03): "
    assert attribution("zh", CITATION, "新华社") == "根据新华社《Giá điện》（2024-05-03）："


@pytest.mark.parametrize("name", ["000_2f75.txt", "thông báo.DOCX", "a/b.html", "crawl.warc.gz"])
def test_nothing_is_attributed_to_the_name_of_a_file(name: str) -> None:
    assert attribution("en", CITATION, name) == "According to “Giá điện” (2024-05-03): "
