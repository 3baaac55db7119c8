from __future__ import annotations

import os
import random
import re
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.text.minhash import PERMUTATIONS, THRESHOLD, bands, groups, signature, similarity

VI = (
    "Sáng thứ ba, hội đồng thị trấn Cù Lao Gió đã thông qua kế hoạch xây lại bến phà cũ, nơi mỗi "
    "ngày có gần 2.400 lượt khách qua sông. Theo bà Lữ Thị Mận, trưởng ban quản lý, phần móng sẽ "
    "được gia cố trước mùa nước nổi, còn nhà chờ và bãi gửi xe làm sau. Kinh phí khoảng 37 tỉ "
    "đồng, trong đó một nửa do người dân và các chủ ghe đóng góp. Nhiều tiểu thương lo ngại việc "
    "buôn bán bị gián đoạn, nên thị trấn hứa mở một bến tạm cách đó 300 mét. Công trình dự kiến "
    "khánh thành vào tháng chín năm sau, đúng dịp lễ đua thuyền truyền thống của vùng."
)
ZH = (
    "青石湾镇议会周二上午通过了旧渡口的重建方案。该渡口每天约有两千四百人次过江，木制栈桥已使用将近六十年。"
    "渡口管理处负责人林秀芝介绍，汛期到来之前先加固桥墩，候船室和停车场随后动工。工程预算为370万元，"
    "其中一半由居民和船主筹集。不少商贩担心生意受到影响，镇里因此答应在上游300米处开设临时码头。"
    "按照计划，新渡口将于明年九月启用，正好赶上当地一年一度的龙舟比赛。"
)
EN = (
    "The council of Grey Harbour voted on Tuesday morning to rebuild the old ferry landing, which "
    "carries about 2,400 passengers across the river every day. Martha Quill, who runs the "
    "landing, said the piles would be strengthened before the autumn floods, with the "
    "waiting hall and the car park to follow. The work will cost 3.7 million crowns, "
    "half of it raised by residents and boat owners. Stallholders fear for their trade, so the "
    "town has promised a temporary pier 300 metres upstream. The new landing "
    "should open next September, in time for the yearly regatta."
)
OTHERS = {
    "vi": (
        "Đội bóng chuyền nữ Hoa Sim vừa giành chức vô địch giải mùa xuân sau trận chung kết kéo "
        "dài năm hiệp. Chủ công Trịnh Bảo Vy ghi 28 điểm dù còn đau vai. Huấn luyện viên cho biết "
        "cả đội sẽ nghỉ hai tuần rồi tập trung chuẩn bị cho giải châu lục diễn ra vào cuối năm."
    ),
    "zh": (
        "红杉女排在五局苦战之后夺得春季联赛冠军。主攻手赵冰带着肩伤出场，独得28分。主教练表示，"
        "全队休整两周，然后集中备战年底举行的洲际锦标赛，届时还会有两名年轻队员补充进来。"
    ),
    "en": (
        "Heather Volley won the spring league after a final that went to five sets. Outside hitter "
        "Joan Pratt scored 28 points with a sore shoulder. The coach said that the team would rest "
        "for two weeks and then prepare for the continental championship at the end of the year."
    ),
}
STORIES = {"vi": VI, "zh": ZH, "en": EN}
CLUTTER = {
    "vi": (
        "Trang chủ | Thời sự",
        "Đọc thêm: Giá cau tăng trở lại. Chia sẻ bài viết. Bình luận (0)",
    ),
    "zh": ("首页 > 本地新闻", "相关阅读：槟榔价格回升。分享到朋友圈。责任编辑：周某"),
    "en": ("Home | Local news", "Read more: Betel prices recover. Share this. Comments (0)"),
}
TEXTS = st.text(st.sampled_from("ab cđ.12河水山中,\n"), max_size=400) | st.text(max_size=60)


def framed(language: str, story: str) -> str:
    above, below = CLUTTER[language]
    return f"{above}\n{above.upper()}!\n{story}\n{below}"


@pytest.mark.parametrize("text", [*STORIES.values(), "Breaking news", "!?", "😀", "", "\ud800"])
def test_copies_are_wholly_alike(text: str) -> None:
    one = signature(text)
    assert one.shape == (PERMUTATIONS,)
    assert one.dtype == np.uint32
    assert similarity(one, signature(text)) == 1.0


@pytest.mark.parametrize("language", STORIES)
def test_another_frame_around_a_story_leaves_it_the_same_story(language: str) -> None:
    story = STORIES[language]
    original = signature(story)
    framings = [
        framed(language, story),
        story[: int(len(story) * 0.8)],
        framed(language, story[: int(len(story) * 0.85)]),
        story.replace("300", "350"),
    ]
    for framing in framings:
        other = signature(framing)
        assert similarity(original, other) >= THRESHOLD
        assert set(bands(original)) & set(bands(other))


@pytest.mark.parametrize("language", STORIES)
def test_other_stories_are_far_below_even_in_the_same_frame(language: str) -> None:
    story, other = STORIES[language], OTHERS[language]
    assert similarity(signature(story), signature(other)) < 0.05
    both = [signature(framed(language, text)) for text in (story, other)]
    assert similarity(*both) < THRESHOLD - 0.1


def test_notes_from_one_template_with_other_figures_are_not_one_story() -> None:
    template = (
        "Shares of {} closed at {} crowns, {} percent above the day before, on a turnover of {} "
        "million. Over the past week large buyers took {} million net and small ones sold {} "
        "million net. The firm made {} million in the first quarter, a margin of {} percent."
    )
    first = template.format("Alder Mills", 21.43, 1.28, 304, 18.6, 7.15, 92.4, 11.8)
    second = template.format("Birch Rail", 87.02, 0.94, 511, 23.9, 4.31, 65.7, 19.2)
    assert similarity(signature(first), signature(second)) < THRESHOLD / 2


def test_short_texts_are_alike_only_when_they_are_copies() -> None:
    assert similarity(signature("Breaking news"), signature("BREAKING: news!")) == 1.0
    assert similarity(signature("Breaking news"), signature("Breaking news today")) == 0.0
    assert similarity(signature("快讯：地震"), signature("快讯：洪水")) == 0.0
    assert similarity(signature(EN[:120]), signature(EN[:125])) == 0.0
    assert similarity(signature("!?"), signature("…")) == 0.0


@pytest.mark.parametrize("story", STORIES.values())
def test_case_space_punctuation_and_width_do_not_count(story: str) -> None:
    plain = signature(story)
    wide = story.translate({code: code + 0xFEE0 for code in range(ord("0"), ord("z") + 1)})
    for same in [
        story.upper(),
        story.replace(" ", "\n\n "),
        re.sub(r"(?<=\D)[.,。，、：](?=\D)", " — ", story),
        story.replace("a", "a\u200b"),
        wide,
    ]:
        np.testing.assert_array_equal(signature(same), plain)


def test_space_between_han_characters_does_not_count() -> None:
    spaced = re.sub(r"(?<=[\u4e00-\u9fff])(?=[\u4e00-\u9fff])", "\n ", ZH)
    np.testing.assert_array_equal(signature(spaced), signature(ZH))


def test_signatures_are_the_same_in_every_process() -> None:
    code = (
        "import sys; from rag.text.minhash import bands, signature;"
        "one = signature(sys.argv[1]); print(one.tobytes().hex(), *bands(one))"
    )
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", code, VI],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONUTF8": "1"},
            capture_output=True,
            text=True,
            check=True,
        )
        one = signature(VI)
        assert done.stdout.split() == [one.tobytes().hex(), *map(str, bands(one))]


def test_importing_the_module_does_not_import_datasketch() -> None:
    code = "import sys, rag.text.minhash; sys.exit('datasketch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_similarity_is_symmetric_and_a_share(a: str, b: str) -> None:
    one, other = signature(a), signature(b)
    assert similarity(one, other) == similarity(other, one)
    assert 0 <= similarity(one, other) <= 1
    assert similarity(one, one) == 1
    assert bands(one) == bands(signature(a))


def test_bands_are_distinct_signed_32_bit_numbers() -> None:
    # All rows are equal here, so only the band's number makes them different.
    found = bands(np.zeros(PERMUTATIONS, dtype=np.uint32))
    assert len(set(found)) == len(found)
    assert all(-(2**31) <= band < 2**31 for band in found)
    assert min(found) < 0 < max(found)


@pytest.mark.parametrize("shared", [40, 120, 200, 280, 320])
@pytest.mark.parametrize("unspaced", [False, True])
def test_estimate_is_within_four_standard_errors(shared: int, unspaced: bool) -> None:
    both, mine, yours = tokens(shared, 0), tokens(400 - shared, 1), tokens(400 - shared, 2)
    if unspaced:
        both, mine, yours = (
            [chr(0x4E00 + int(token[1:]) % 20000) for token in part] for part in (both, mine, yours)
        )
    a, b = both + mine, both + yours
    exact = jaccard(a, b, 4 if unspaced else 3)
    gap = "" if unspaced else " "
    estimate = similarity(signature(gap.join(a)), signature(gap.join(b)))
    assert abs(estimate - exact) <= 4 * np.sqrt(exact * (1 - exact) / PERMUTATIONS)


def test_pairs_over_the_threshold_share_a_band() -> None:
    alike = missed = 0
    for seed in range(150):
        both, mine, yours = tokens(140, seed), tokens(60, seed + 1000), tokens(60, seed + 2000)
        one, other = signature(" ".join(both + mine)), signature(" ".join(both + yours))
        if similarity(one, other) >= THRESHOLD:
            alike += 1
            missed += not set(bands(one)) & set(bands(other))
    assert alike > 100
    assert missed <= 0.01 * alike


def test_a_long_text_is_read_to_its_end() -> None:
    long = " ".join(tokens(30_000, 5))
    changed = " ".join(tokens(15_000, 5) + tokens(15_000, 6))
    exact = jaccard(long.split(), changed.split(), 3)
    error = 4 * np.sqrt(exact * (1 - exact) / PERMUTATIONS)
    assert abs(similarity(signature(long), signature(changed)) - exact) <= error


def test_groups_are_components_in_the_order_of_their_ids() -> None:
    base = np.zeros(PERMUTATIONS, dtype=np.uint32)
    step = PERMUTATIONS // 2
    middle, far = base.copy(), base.copy()
    middle[:step] = 1
    far[:] = 1
    assert similarity(base, far) == 0
    # c and a are connected only by d.
    given_ids = {"d": middle, "c": far, "b": base + np.uint32(7), "a": base}
    expected = [frozenset("acd"), frozenset("b")]
    assert groups(given_ids) == expected
    assert groups(dict(reversed(given_ids.items()))) == expected
    del given_ids["d"]
    assert groups(given_ids) == [frozenset("a"), frozenset("b"), frozenset("c")]
    assert groups({}) == []


def tokens(count: int, seed: int) -> list[str]:
    """Return words that do not begin with a figure."""
    rng = random.Random(seed)
    return [f"w{rng.randrange(10**9)}" for _ in range(count)]


def jaccard(a: list[str], b: list[str], length: int) -> float:
    one, other = (
        {tuple(part[i : i + length]) for i in range(len(part) - length + 1)} for part in (a, b)
    )
    return len(one & other) / len(one | other)
