from __future__ import annotations

import pytest

from embeddings import Encoder, load_encoder
from eval.reader.annotated_passages import AnnotatedPassage, AnnotatedQuestion
from eval.reader.neighbours import retrieved_pairs, with_tempting_places
from eval.reader.windows import WindowCutter

HARBOUR = (
    "The harbour was rebuilt by engineers from Osaka. Rice is its main export. "
    "A museum of ships opened beside the old lighthouse."
)
PORT = "Cảng được xây lại năm 1998. Mỗi năm có hai triệu tấn gạo qua cảng này."
WEATHER = "Trời mưa suốt tuần ở miền Trung. Nhiều trường cho học sinh nghỉ."


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return load_encoder()


def test_the_nearest_sentence_is_the_tempting_one(encoder: Encoder) -> None:
    known = (0, 5)
    questions = (
        AnnotatedQuestion("How many people visited the museum?", "en", (), False),
        AnnotatedQuestion("Gạo được xuất khẩu sang nước nào?", "vi", (), False),
        AnnotatedQuestion("Who?", "en", (), False, known),
        AnnotatedQuestion("Where were the engineers from?", "en", ((42, 47),), True),
    )
    passage = AnnotatedPassage("set", "a", HARBOUR, "en", questions)
    (found,) = with_tempting_places(encoder, [passage])
    museum, rice, kept, answered = found.questions
    assert museum.tempting is not None
    assert HARBOUR[slice(*museum.tempting)].startswith("A museum")
    assert rice.tempting is not None
    assert HARBOUR[slice(*rice.tempting)].startswith("Rice")
    assert kept.tempting == known
    assert answered == questions[3]


def test_near_passages_about_other_things_are_found(encoder: Encoder) -> None:
    place = (HARBOUR.index("Rice"), HARBOUR.index("Rice") + 4)
    question = AnnotatedQuestion("What is shipped from the harbour?", "en", (place,), True)
    asked = AnnotatedPassage("set", "a", HARBOUR, "en", (question,))
    others = [
        AnnotatedPassage("set", "a", "Of the same article.", "en", ()),
        AnnotatedPassage("set", "b", PORT, "vi", ()),
        AnnotatedPassage("set", "c", WEATHER, "vi", ()),
        AnnotatedPassage("set", "d", "Rice prices rose.", "en", ()),
        AnnotatedPassage("set", "e", "Ships are painted there.", "en", ()),
        AnnotatedPassage("set", "f", "船从那里出发。", "zh", ()),
    ]
    cutter = WindowCutter(lambda text: len(text.split()), 1)
    for seed in range(12):
        (pair,) = retrieved_pairs(encoder, [asked], [asked, *others], cutter, 1.0, seed)
        assert not pair.answerable
        assert pair.kind == "retrieved"
        # Neither another passage of the article nor one with the answer's words.
        sources = {"en": ["Ships"], "vi": [PORT, WEATHER], "zh": ["船"]}
        assert any(
            pair.window in each or each in pair.window for each in sources[pair.languages[3:]]
        )
