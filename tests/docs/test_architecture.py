"""ARCHITECTURE.md and its picture show the rooms that there are."""

from __future__ import annotations

import pytest

from docs import architecture
from tests.docs.markdown import ROOT, code
from tests.unit.test_imports import FLOORS

ROOMS = [room for floor in FLOORS for room in floor if not room.endswith(".__main__")]
FOLDERS = [room for room in ROOMS if (ROOT / room.replace(".", "/")).is_dir()]


def test_the_picture_is_current() -> None:
    current = architecture.PICTURE.read_text(encoding="utf-8")
    assert current == architecture.draw(), "run: python -m docs.architecture"


@pytest.mark.parametrize("room", [room for room in ROOMS if "." in room])
def test_the_picture_shows_every_room(room: str) -> None:
    assert f">{room.partition('.')[2]}</text>" in architecture.draw()


def test_the_page_says_what_lives_in_every_folder() -> None:
    named = set(code(ROOT / "ARCHITECTURE.md"))
    assert not [room for room in FOLDERS if f"{room.replace('.', '/')}/" not in named]


def test_the_page_stays_short() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 150
