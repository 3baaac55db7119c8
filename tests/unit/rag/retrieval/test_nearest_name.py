from __future__ import annotations

import pytest

from rag.retrieval.nearest_name import nearest_name

NAMES = ["Thanh Hà", "Bản tin Miền Tây", "Bản tin", "City Desk", "城市日報", "VN"]


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("ban tin", "Bản tin"),
        ("Ban Tin Mien Tay", "Bản tin Miền Tây"),
        ("miền tây", "Bản tin Miền Tây"),
        ("Bản tin Miền Tây Nam Bộ", "Bản tin Miền Tây"),
        ("Ctiy Desk", "City Desk"),
        ("CityDesk", "City Desk"),
        ("#Thanh Hà", "Thanh Hà"),
        ("城市日报社", "城市日報"),
        ("城市", "城市日報"),
        ("Reuters", None),
        ("?", None),
        ("", None),
    ],
)
def test_the_name_that_is_meant_is_proposed(name: str, nearest: str | None) -> None:
    assert nearest_name(name, NAMES) == nearest


def test_long_names_are_compared_by_their_beginning() -> None:
    assert nearest_name("tin " * 50_000, ["tin " * 60_000]) is not None
