"""Feedback, feeds and saved questions are kept alike on one machine and on a cluster."""

from __future__ import annotations

import threading
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from api.feedback.store import FeedbackStore
from api.state import alone
from api.watching import feeds as feeds_module
from api.watching.feeds import FeedStore
from api.watching.questions import Place, QuestionStore
from rag.answering.new_articles import NewAnswer
from rag.errors import StorageError
from tamngu.records.citation import Citation
from tamngu.records.feedback import Feedback
from tamngu.records.request import AskRequest
from tests.unit.api.conftest import States

SAID = Feedback(
    id="1",
    collection="news",
    question='Ai? "谁"',
    language="vi",
    verdict="wrong",
    article_id="a",
    start=3,
    end=9,
    quote="Hà Nội",
    note=None,
    created_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
)

FOUND = NewAnswer(
    citation=Citation(
        marker="1",
        article_id="a",
        passage_id="a#0",
        title="Tít",
        url=None,
        published_at=None,
        language="vi",
        start=0,
        end=6,
        quote="Hà Nội",
    ),
    source="Báo",
    answer="Hà Nội",
    confidence=0.9,
)


def test_feedback_is_listed_and_removed(states: States) -> None:
    with closing(FeedbackStore(states())) as store, closing(FeedbackStore(states())) as other:
        assert store.get("1") is None
        assert store.page("news", "1", 5) is None
        said = [SAID, replace(SAID, id="2", note="Không"), replace(SAID, id="3", collection="law")]
        for each in said:
            store.add(each)
        assert other.get("1") == SAID
        assert other.page("news", None, 5) == [said[1], said[0]]
        assert other.page("news", "2", 5) == [said[0]]
        assert list(other.all_of("news")) == said[:2]
        assert (other.remove("1"), store.remove("1")) == (True, False)
        assert store.page("news", None, 5) == [said[1]]


def test_text_that_no_database_stores_does_no_harm(states: States) -> None:
    with closing(FeedbackStore(states())) as store:
        store.add(replace(SAID, question="a\0b"))
        kept = store.get("1")
        assert kept is not None
        assert kept.question in ("a\0b", "a\ufffdb")
        assert store.get("1\0") is None


def test_a_feed_is_polled_by_one_process(states: States, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(FeedStore(states())) as store, closing(FeedStore(states())) as other:
        assert store.due() == []
        feed = store.add("https://example.com/a.xml", "news", 30, 50)
        assert feed is not None
        again = other.add(feed.url, feed.collection, 60, 20)
        assert again is not None
        assert (again.id, again.every_minutes, again.most) == (feed.id, 60, 20)
        claimed: list[bool] = []
        threads = [
            threading.Thread(target=lambda each=each: claimed.append(each.claim(again)))
            for each in (store, other) * 2
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(claimed) == [False, False, False, True]
        assert store.due() == []
        other.polled(feed.id, "job")
        polled = store.get(feed.id)
        assert polled is not None
        assert polled.job_id == "job"
        monkeypatch.setattr(feeds_module, "MAX_FEEDS", 1)
        assert store.add("https://example.com/b.xml", "news", 30, 50) is None
        assert (store.remove(feed.id), other.remove(feed.id)) == (True, False)


def test_what_answers_a_saved_question_is_kept_once(states: States) -> None:
    with closing(QuestionStore(states())) as store, closing(QuestionStore(states())) as other:
        assert store.alerts(None) == []
        saved = store.add("news", AskRequest("Ai?", tags=("x",)), Place("i", 3))
        assert saved is not None
        assert saved.feed is not None
        (due,) = other.due()
        assert (due.place, list(due.request.tags or ())) == (Place("i", 3), ["x"])
        for each in (store, other):
            each.note(saved.id, Place("i", 9), [FOUND])
        (alert,) = other.alerts(["news"], question_id=saved.id, unseen=True)
        assert (alert.article_id, alert.answer, alert.seen) == ("a", "Hà Nội", False)
        assert store.alerts([]) == store.alerts(["law"]) == []
        other.mark_seen(["law"], ids=[alert.id])
        assert store.get(saved.id) == replace(
            saved, checked_at=store.all()[0].checked_at, alerts=1, unseen=1
        )
        other.mark_seen(["news"], ids=[alert.id])
        assert [each.seen for each in store.alerts(None)] == [True]
        assert store.alerts(None, unseen=True) == []
        token = saved.feed.split("/")[-1].removesuffix(".atom")
        found = other.of_token(token)
        assert found is not None
        assert found.unseen == 0
        other.renew_token(saved.id)
        assert store.of_token(token) is None
        store.remove(saved.id)
        assert (other.all(), other.alerts(None)) == ([], [])


def test_one_process_at_a_time_is_alone(states: States) -> None:
    one, other = states(), states()
    with alone(one, "watching") as is_mine, alone(other, "watching") as is_theirs:
        assert (is_mine, is_theirs) == (True, False)
    with alone(other, "watching") as is_theirs:
        assert is_theirs


def test_tables_of_a_later_release_are_refused(cluster_states: States) -> None:
    with closing(FeedStore(cluster_states())) as store:
        store.due()
        with store._tables.transaction() as transaction:
            transaction.execute("UPDATE versions SET version = 99 WHERE name = 'feeds'")
    with closing(FeedStore(cluster_states())) as other, pytest.raises(StorageError, match="later"):
        other.due()
