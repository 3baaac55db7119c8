"""What a model gets from the tools: marks where the articles hold what nobody sees."""

from __future__ import annotations

from dataclasses import asdict, replace

from api.mcp.results import article_text, cited_answer, passages
from rag.records.new_article import make_article
from tamngu.records.hit import SearchResult
from tests.unit.tamngu.cli.test_output import ONE, hit

HOSTILE = "Tin\x1b[2K\u202e nóng" + "".join(chr(0xE0000 + ord(each)) for each in "ok")
SHOWN = "Tin\\x1b[2K\\u202e nóng\\U000e006f\\U000e006b"


def texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for each in value.values() for text in texts(each)]
    if isinstance(value, list | tuple):
        return [text for each in value for text in texts(each)]
    return [value] if isinstance(value, str) else []


def test_no_result_holds_a_hidden_character() -> None:
    article = make_article(HOSTILE, key="k", title=HOSTILE, authors=(HOSTILE,), tags=(HOSTILE,))
    found = replace(hit(1), title=HOSTILE, text=HOSTILE, source=HOSTILE)
    cited = replace(ONE.citations[0], title=HOSTILE, quote=HOSTILE)
    results = (
        article_text(article, 0, 100),
        passages("c", SearchResult(HOSTILE, "vi", 1.0, (found,))),
        cited_answer("c", replace(ONE, question=HOSTILE, answer=HOSTILE, citations=(cited,))),
    )
    for result in results:
        shown = texts(asdict(result))
        assert not {each for text in shown for each in text if not each.isprintable()}
        assert shown.count(SHOWN) >= 3
    assert article.title == HOSTILE


def test_offsets_count_what_the_article_holds() -> None:
    article = make_article(f"{HOSTILE} Hết.", key="k", title="Tin")
    part = article_text(article, 0, len(HOSTILE))
    assert (part.text, part.end, part.next_start) == (SHOWN, len(HOSTILE), len(HOSTILE))
    assert article_text(article, len(HOSTILE), 100).text == " Hết."
