from __future__ import annotations

import numpy as np
import pytest

from rag import Collection, ask, ingest, make_article, search
from rag.errors import BadQuestion
from rag.retrieval.date_boost import BOOST
from rag.text.chinese import simplified
from tamngu.records.request import AskRequest, SearchRequest

QUESTIONS = (
    "Việt Nam gia nhập Liên Hợp Quốc năm nào?",
    "越南以多少票当选安理会非常任理事国？",
    "越南何時加入東協？",
    "How many countries signed the Hanoi Convention?",
    "Doi cong binh dau tien di Abyei co bao nhieu nguoi?",
)


@pytest.mark.parametrize("question", QUESTIONS)
def test_hits_are_exact_spans_in_order(sample: Collection, question: str) -> None:
    found = search(sample, SearchRequest(question, top_k=20))
    assert [hit.rank for hit in found.hits] == list(range(1, 21))
    scores = [hit.score for hit in found.hits]
    assert scores == sorted(scores, reverse=True)
    for hit in found.hits:
        article = sample.catalog.articles.get(hit.article_id)
        assert article is not None
        assert article.text[hit.start : hit.end] == hit.text
        for evidence in hit.evidence:
            assert article.text[evidence.start : evidence.end] == evidence.quote
            assert hit.start <= evidence.start < evidence.end <= hit.end
            assert evidence.score <= hit.evidence[0].score == hit.score


@pytest.mark.parametrize("question", QUESTIONS)
def test_plain_is_the_order_of_cosines(sample: Collection, question: str) -> None:
    keys = sample.catalog.passages.keys()[0].tolist()
    held = np.stack([passage.vector for passage in sample.catalog.passages.encoded(keys)])
    # The index rounds to half precision.
    vectors = held.astype(np.float16).astype(np.float32)
    cosines = vectors @ sample.encoder.encode_questions([simplified(question)])[0]
    expected = np.sort(cosines)[::-1][:10]
    found = search(sample, SearchRequest(question, ranking="dense"))
    np.testing.assert_allclose([hit.parts["dense"] for hit in found.hits], expected, atol=1e-4)


def test_traditional_and_simplified_questions_find_the_same(sample: Collection) -> None:
    traditional = search(sample, "越南何時加入東協，當時有幾個成員國？")
    even = search(sample, "越南何时加入东协，当时有几个成员国？")
    assert traditional.hits == even.hits


def test_traditional_and_simplified_passages_are_found_alike(empty: Collection) -> None:
    texts = {
        "hant": "聯合國大會以協商一致方式通過決議。",
        "hans": "联合国大会以协商一致方式通过决议。",
    }
    ingest(empty, [make_article(text, key=key, id=key) for key, text in texts.items()])
    first, second = search(
        empty, SearchRequest("联大的决议是怎么通过的？", include_duplicates=True)
    ).hits
    assert {first.text, second.text} == set(texts.values())
    assert first.parts == second.parts


@pytest.mark.parametrize("compacted", [False, True])
@pytest.mark.parametrize(
    ("question", "first", "unit"),
    [
        ("Hội nghị tháng 11/2020 bàn về gì?", "2020", "month"),
        ("2023年的会议讨论了什么？", "2023", "year"),
        ("What did the meeting of November 15, 2020 discuss?", "2020", "day"),
    ],
)
def test_articles_of_the_date_in_the_question_come_first(
    empty: Collection, question: str, first: str, unit: str, compacted: bool
) -> None:
    text = "Hội nghị bàn về hợp tác chống dịch bệnh và phục hồi kinh tế."
    ingest(
        empty,
        [
            make_article(text, key=year, id=year, published_at=f"{year}-11-16")
            for year in ("2020", "2023")
        ],
    )
    if compacted:
        empty.compact()
    found = search(empty, SearchRequest(question, include_duplicates=True)).hits
    assert found[0].article_id == first
    assert found[0].parts["dated"] == BOOST[unit]
    assert found[1].parts["dated"] == 0


def test_languages_narrow_the_search(sample: Collection) -> None:
    found = search(sample, SearchRequest(QUESTIONS[0], languages=["zh", "en"], top_k=30))
    assert {hit.language for hit in found.hits} == {"zh", "en"}
    assert search(sample, SearchRequest(QUESTIONS[0], languages=["fr"])).hits == ()


def test_the_given_language_is_used(sample: Collection) -> None:
    assert search(sample, "ASEAN").language != "vi"
    assert search(sample, SearchRequest("ASEAN", language="vi")).language == "vi"


@pytest.mark.slow
def test_answers_in_other_languages_are_found(
    sample: Collection, gold: list[dict[str, object]]
) -> None:
    """Fair ranking finds at least twice as many answers in other languages as plain cosine."""
    cross = [row for row in gold if "cross" in row["tags"]]  # type: ignore[operator]
    found = {False: 0, True: 0}
    for row in cross:
        wanted = {relevant["article_id"] for relevant in row["relevant"]}  # type: ignore[attr-defined]
        for plain in found:
            hits = search(
                sample,
                SearchRequest(
                    str(row["question"]), top_k=5, ranking="dense" if plain else "hybrid"
                ),
            ).hits
            found[plain] += any(hit.article_id in wanted for hit in hits)
    assert found[False] >= 2 * found[True]
    assert found[False] >= 0.6 * len(cross)


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_citation_is_exact(sample: Collection, question: str) -> None:
    answer = ask(sample, question)
    assert answer.citations
    assert not answer.abstained
    assert 0 <= answer.confidence <= 1
    for number, citation in enumerate(answer.citations, start=1):
        article = sample.catalog.articles.get(citation.article_id)
        assert article is not None
        assert article.text[citation.start : citation.end] == citation.quote
        assert (citation.title, citation.url) == (article.title, article.url)
        assert citation.marker == str(number)
        assert f"“{citation.quote}” [{number}]" in answer.answer
    assert len({citation.quote for citation in answer.citations}) == len(answer.citations)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Câu hỏi nào đó?", "Bộ sưu tập"),
        ("有什么问题？", "资料库"),
        ("Any question?", "The collection"),
        ("Une question en français, sans réponse ?", "The collection"),
    ],
)
def test_an_empty_collection_abstains(empty: Collection, question: str, words: str) -> None:
    answer = ask(empty, question)
    assert answer.abstained
    assert answer.confidence == 0
    assert not answer.citations
    assert not answer.hits
    assert words in answer.answer


def test_one_article_of_each_language_is_enough(empty: Collection) -> None:
    ingest(
        empty,
        [
            make_article("Việt Nam gia nhập ASEAN năm 1995.", key="a"),
            make_article("东盟秘书处设在雅加达。", key="b"),
        ],
    )
    for languages in (None, ["vi"], ["zh"]):
        answer = ask(empty, AskRequest("Việt Nam gia nhập ASEAN năm nào?", languages=languages))
        assert answer.citations
        assert abs(answer.hits[0].score) < 10
    assert ask(empty, "Việt Nam gia nhập ASEAN năm nào?").hits[0].language == "vi"


@pytest.mark.parametrize("question", ["", "  \n", "?!…", "\0", "\ud800"])
def test_an_empty_question_is_refused(sample: Collection, question: str) -> None:
    with pytest.raises(BadQuestion, match="empty"):
        ask(sample, question)


def test_a_question_that_is_too_long_is_refused(sample: Collection) -> None:
    with pytest.raises(BadQuestion, match="10,000,000 characters"):
        search(sample, "x" * 10_000_000)
    with pytest.raises(BadQuestion, match="tokens; the model reads at most"):
        search(sample, "联合国安理会" * 500)


@pytest.mark.parametrize("k", [0, -1, 101])
def test_k_out_of_range_is_refused(sample: Collection, k: int) -> None:
    with pytest.raises(ValueError, match="1 to 100"):
        search(sample, SearchRequest("ASEAN", top_k=k))
