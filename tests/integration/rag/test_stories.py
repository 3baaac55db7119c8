from __future__ import annotations

import pytest

from rag import Collection, ingest, make_article, search
from tamngu.records.article import Article
from tamngu.records.hit import Hit
from tamngu.records.request import SearchRequest

STORY = (
    "Hội nghị Bộ trưởng Ngoại giao ASEAN khai mạc sáng nay tại Hà Nội với sự tham dự của mười "
    "một nước thành viên. Các bộ trưởng bàn về hợp tác kinh tế, chuyển đổi số và an ninh biển. "
    "Tuyên bố chung dự kiến được công bố vào chiều mai, sau phiên họp toàn thể cuối cùng."
)

OTHER = "Giá cà phê ở Tây Nguyên tăng lên mức cao nhất trong mười năm, theo hiệp hội ngành hàng."


def story(id: str, extra: str = "", text: str = STORY) -> Article:
    return make_article(
        text + extra, key="k", id=id, source=f"báo {id}", url=f"https://example.org/{id}"
    )


def hits(collection: Collection, copies: bool = False) -> tuple[Hit, ...]:
    return search(
        collection,
        SearchRequest("Hội nghị ngoại trưởng ASEAN họp ở đâu?", include_duplicates=copies),
    ).hits


def test_near_duplicates_are_shown_once_with_their_other_places(empty: Collection) -> None:
    ingest(empty, [story("a"), story("b", " Theo TTXVN."), story("c", text=OTHER)])
    found = hits(empty)
    assert [hit.article_id for hit in found] in (["a", "c"], ["b", "c"])
    first = found[0]
    (other,) = first.also_at
    assert {first.article_id, other.article_id} == {"a", "b"}
    assert other.url == f"https://example.org/{other.article_id}"
    assert other.source == f"báo {other.article_id}"
    assert found[1].also_at == ()
    assert empty.catalog.stories.counts() == (1, 2)


def test_near_duplicates_can_be_included(empty: Collection) -> None:
    ingest(empty, [story("a"), story("b", " Theo TTXVN."), story("c", text=OTHER)])
    found = hits(empty, copies=True)
    assert {hit.article_id for hit in found} == {"a", "b", "c"}
    assert all(hit.also_at == () for hit in found)


def test_collapsed_near_duplicates_do_not_take_the_place_of_other_hits(empty: Collection) -> None:
    copies = [story(f"s{i}", f" Bản {i}.") for i in range(8)]
    others = [story(f"o{i}", text=f"{OTHER} Tin số {i}: " + f"{i} " * 40) for i in range(3)]
    ingest(empty, [*copies, *others])
    found = search(empty, SearchRequest("Hội nghị ngoại trưởng ASEAN họp ở đâu?", top_k=2)).hits
    assert len(found) == 2
    assert len(found[0].also_at) == 7
    assert found[1].article_id.startswith("o")


@pytest.mark.parametrize("leaving", ["deleted", "changed"])
def test_an_article_that_has_left_a_story_is_not_shown_as_another_place(
    empty: Collection, leaving: str
) -> None:
    ingest(empty, [story("a"), story("b"), story("c", text=OTHER)])
    if leaving == "deleted":
        empty.delete("b")
    else:
        ingest(empty, [story("b", text="Một bài hoàn toàn khác về bóng đá và thể thao.")])
    found = {hit.article_id: hit.also_at for hit in hits(empty)}
    assert found["a"] == ()
    assert empty.catalog.stories.counts() == (0, 0)


def test_a_connecting_article_joins_two_stories_until_it_is_deleted(empty: Collection) -> None:
    first, last = STORY.split(". ")[0], STORY.split(". ")[-1]
    ends = {
        "left": STORY + (" " + first + " thêm chi tiết.") * 2,
        "right": STORY + (" " + last + " cập nhật sau.") * 2,
    }
    ingest(empty, [story("left", text=ends["left"]), story("right", text=ends["right"])])
    apart = empty.catalog.stories.counts()
    ingest(empty, [story("middle")])
    stories, articles = empty.catalog.stories.counts()
    assert (stories, articles) != (0, 0)
    empty.delete("middle")
    assert empty.catalog.stories.counts() == apart


def test_a_story_of_very_many_articles_names_some_of_its_places(empty: Collection) -> None:
    copies = [story(f"s{i:03}", f" Bản {i}.") for i in range(130)]
    ingest(empty, copies)
    assert empty.catalog.stories.counts() == (1, 130)
    (found,) = hits(empty)
    assert len(found.also_at) == 20
    assert found.article_id not in {place.article_id for place in found.also_at}
