from __future__ import annotations

import io

import pytest

from rag.isolation.limits import BadLimits, Limit, Limits, changed
from rag.readers.document import Document
from rag.readers.registry import ENDINGS

MB = 2**20


def document(kind: str, size: int) -> Document:
    return Document("a", "a", kind, "s", open=io.BytesIO, size=size)


def test_later_words_come_before_earlier_ones_and_a_kind_has_its_own() -> None:
    limits = changed(Limits(), "cpu_s=5 .pdf:cpu_s=7 memory_mb=100 .pdf:memory_mb=9 .md:cpu_s=1")
    assert limits.of(".pdf") == Limit(7, 10, 9)
    assert limits.of(".md") == Limit(1, 10, 100)
    assert limits.of(".txt") == Limit(5, 10, 100)
    assert limits.of(".zip") == Limit(5, 60, 100)
    assert changed(limits, "cpu_s=3").of(".pdf").cpu_s == 3
    assert changed(limits, " ") == limits


@pytest.mark.parametrize(
    "setting",
    [
        *("cpu_s", "cpu_s=", "cpu_s=0", "cpu_s=-1", "cpu_s=1.5", "cpu_s=²", "cpu_s=1000001"),
        *("cpu=1", "=1", "pdf:cpu_s=1", ".pdf:=1", ".pdf", ":cpu_s=1 x", "cpu_s=1,memory_mb=1"),
        "cpu_s=" + "9" * 5000,
    ],
)
def test_a_word_that_is_no_limit_is_refused_with_what_to_write(setting: str) -> None:
    with pytest.raises(BadLimits, match="write") as refused:
        changed(Limits(), setting)
    assert len(str(refused.value)) < 400
    with pytest.raises(BadLimits, match="TAMNGU_READ_LIMITS"):
        Limits.from_environment({"TAMNGU_READ_LIMITS": setting})


def test_the_environment_changes_nothing_where_it_says_nothing() -> None:
    assert Limits.from_environment({}) == Limits()


def test_what_is_allowed_grows_with_the_bytes_that_were_sent() -> None:
    limits = Limits()
    large, small = document(".html", 10 * MB), document(".html", 1000)
    assert limits.allowance(large, large).cpu_s == 120
    assert limits.allowance(small, small).cpu_s == 21
    # However large a document becomes that is unpacked from few bytes.
    archive = document(".warc.gz", 1000)
    assert limits.allowance(document(".html", 10**30), archive).cpu_s == 4 * 21
    assert limits.allowance(small, archive).wall_s == 210


@pytest.mark.parametrize("kind", ENDINGS)
def test_every_kind_has_limits(kind: str) -> None:
    one = document(kind, MB)
    assert 20 < Limits().allowance(one, one).cpu_s <= 80
