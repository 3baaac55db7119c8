from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from eval.reader.annotated_passages import AnnotatedPassage, AnnotatedQuestion
from eval.reader.pairs import Kind, ReadingPair, balanced, reading_pairs
from eval.reader.windows import WindowCutter

TEXT = (
    "Hội nghị họp ở Huế ngày 3 tháng 5. Mười một nước cử đại biểu đến dự. "
    "Chủ tọa là bà Lê Thị Hoa. Nghị quyết được thông qua với 9 phiếu thuận."
)
OTHER = "Kỳ họp sau sẽ ở Đà Lạt. Chưa rõ ai chủ trì."


def words(text: str) -> int:
    return len(text.split())


def passage(*questions: AnnotatedQuestion, text: str = TEXT) -> AnnotatedPassage:
    return AnnotatedPassage("set", "article", text, "vi", questions)


def question(answer: str, language: str = "vi") -> AnnotatedQuestion:
    start = TEXT.index(answer)
    return AnnotatedQuestion("?", language, ((start, start + len(answer)),), answerable=True)


@given(st.integers(0, 1000), st.sampled_from(["Huế", "Mười một", "bà Lê Thị Hoa", "9 phiếu"]))
def test_a_window_with_the_answer_holds_it_at_its_place(seed: int, answer: str) -> None:
    pairs = reading_pairs([passage(question(answer))], WindowCutter(words, seed), seed)
    (found,) = [pair for pair in pairs if pair.kind == "answer"]
    assert found.answerable
    assert [found.window[start:end] for start, end in found.answers] == [answer]


@given(st.integers(0, 1000), st.sampled_from(["Huế", "Mười một", "bà Lê Thị Hoa", "9 phiếu"]))
def test_windows_without_an_answer_do_not_have_its_words(seed: int, answer: str) -> None:
    passages = [passage(question(answer)), passage(text=OTHER)]
    for pair in reading_pairs(passages, WindowCutter(words, seed), seed):
        if pair.kind in ("twin", "same subject"):
            assert not pair.answerable
            assert not pair.answers
            assert answer not in pair.window
            assert pair.window


def test_an_answer_without_a_place_takes_the_whole_passage() -> None:
    asked = AnnotatedQuestion("Who?", "en", (), answerable=True)
    (pair,) = reading_pairs([passage(asked)], WindowCutter(words, 0), 0)
    assert (pair.kind, pair.window, pair.languages) == ("answer elsewhere", TEXT, "en-vi")


def test_near_misses_are_windows_of_the_passage() -> None:
    asked = AnnotatedQuestion("Ai?", "vi", (), answerable=False)
    (pair,) = reading_pairs([passage(asked)], WindowCutter(words, 0), 0)
    assert not pair.answerable
    assert pair.window in TEXT


def test_each_pair_of_languages_is_balanced() -> None:
    def pairs(languages: str, answerable: bool, count: int) -> list[ReadingPair]:
        kind: Kind = "answer" if answerable else "near miss"
        return [ReadingPair("?", "w", languages, (), answerable, kind) for _ in range(count)]

    drawn = balanced(
        [
            *pairs("vi-vi", True, 100),
            *pairs("vi-vi", False, 10),
            *pairs("en-vi", True, 5),
            *pairs("en-vi", False, 500),
            *pairs("en-en", True, 900),
            *pairs("en-en", False, 900),
        ],
        most=300,
        balance=1.2,
        seed=1,
    )
    counts = Counter((pair.languages, pair.answerable) for pair in drawn)
    assert counts == {
        ("vi-vi", True): 12,
        ("vi-vi", False): 10,
        ("en-vi", True): 5,
        ("en-vi", False): 6,
        ("en-en", True): 300,
        ("en-en", False): 300,
    }


@given(st.integers(0, 1000))
def test_the_hardest_windows_without_an_answer_are_taken_first(seed: int) -> None:
    kinds: list[Kind] = ["same subject", "twin", "near miss", "same subject", "near miss"]
    without = [ReadingPair("?", "w", "vi-vi", (), False, kind) for kind in kinds]
    answers = [ReadingPair("?", "w", "vi-vi", (), True, "answer") for _ in range(3)]
    drawn = balanced([*without, *answers], most=300, balance=1.0, seed=seed)
    taken = Counter(pair.kind for pair in drawn)
    assert taken == {"answer": 3, "near miss": 2, "twin": 1}
    assert drawn == balanced([*without, *answers], most=300, balance=1.0, seed=seed)


@given(st.integers(0, 1000))
def test_a_share_of_easier_windows_is_kept(seed: int) -> None:
    kinds: list[Kind] = ["near miss", "swapped", "twin", "retrieved", "same subject"]
    without = [ReadingPair("?", "w", "vi-vi", (), False, kind) for kind in kinds for _ in range(20)]
    answers = [ReadingPair("?", "w", "vi-vi", (), True, "answer") for _ in range(20)]
    drawn = balanced([*without, *answers], most=300, balance=1.0, seed=seed, easier=0.5)
    taken = Counter(pair.kind for pair in drawn if not pair.answerable)
    assert taken["near miss"] == 10
    assert taken["swapped"] == 0
    assert sum(taken[kind] for kind in kinds[2:]) == 10
    # Where there are no others, near misses take their room.
    drawn = balanced([*without[:40], *answers], most=300, balance=1.0, seed=seed, easier=0.5)
    assert Counter(pair.kind for pair in drawn) == {"answer": 20, "near miss": 20}


@given(st.integers(0, 1000), st.sampled_from(["Huế", "bà Lê Thị Hoa", "9 phiếu"]))
def test_a_near_miss_has_its_tempting_place(seed: int, words_of_it: str) -> None:
    start = TEXT.index(words_of_it)
    place = (start, start + len(words_of_it))
    asked = AnnotatedQuestion("Ai?", "vi", (), answerable=False, tempting=place)
    (pair,) = reading_pairs([passage(asked)], WindowCutter(words, seed), seed)
    assert words_of_it in pair.window


def test_a_pair_of_languages_without_answers_is_left_out() -> None:
    pairs = [ReadingPair("?", "w", "zh-vi", (), False, "near miss")]
    assert balanced(pairs, most=300, balance=1.2, seed=1) == []
