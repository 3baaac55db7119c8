from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.joining.wrapped_lines import unwrapped, wrapped_ends
from rag.text.sentences import sentences

EN = (
    "The ferry across the Linh river was built in 1931 by the brothers Arthur and Henry Cole, who "
    "had sold their mill to the town of Upper Marsh the year before. It carried forty people and "
    "two carts. After the bridge of Dr. Vance was opened, nobody needed it, and it was sold."
)
ASKED = "She asked the ferryman, who had known the brothers, about Sir Arthur Cole."
VI = (
    "Bến phà Cửa Lạch được ông Nguyễn Văn Thạch xây năm 1931, sau khi bán cối xay cho làng Hạ Đồng "
    "một năm trước đó. Phà chở được bốn mươi người và hai cỗ xe. Khi cầu Đông Hà khánh thành, phà "
    "Cửa Lạch không còn khách và được bán cho TP. Hải Dương vào mùa thu."
)
ZH = (
    "灵江渡口建于一九三一年，由柯家兄弟二人出资修建，他们在前一年把磨坊卖给了上马镇。渡船一次可以载四十人和"
    "两辆大车，每天往返十二次。2004年大桥通车以后，渡口逐渐冷清，当年秋天渡船被卖给下游的一家公司，改作"
    "水上餐厅使用至今。"
)


def wrapped_han(text: str, most: int, *, kinsoku: bool = True) -> str:
    """Return a text in lines of so many Han characters, no line beginning with a mark."""
    lines, line = [], ""
    for character in text:
        if len(line) >= most and not (kinsoku and character in "，。、；：！？”」"):
            lines.append(line)
            line = ""
        line += character
    return "\n".join([*lines, line])


def plain(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("width", [46, 60, 65, 72, 78, 100])
@pytest.mark.parametrize("text", [EN, VI])
def test_a_wrapped_paragraph_becomes_a_line(text: str, width: int) -> None:
    paragraph = "\n".join(textwrap.wrap(text, width, break_on_hyphens=False))
    assert unwrapped(f"A title\n\n{paragraph}\n\nAn end.") == f"A title\n\n{text}\n\nAn end."


@pytest.mark.parametrize("most", [16, 20, 25, 30, 35, 40])
@pytest.mark.parametrize("kinsoku", [True, False])
def test_a_wrapped_chinese_paragraph_becomes_a_line_without_spaces(
    most: int, *, kinsoku: bool
) -> None:
    paragraph = wrapped_han(ZH, most, kinsoku=kinsoku)
    assert unwrapped(f"灵江渡口\n\n{paragraph}") == f"灵江渡口\n\n{ZH}"


@pytest.mark.parametrize("indent", ["    ", "  ", "\t"])
def test_paragraphs_may_be_told_by_indents_alone(indent: str) -> None:
    parts = [
        "\n".join(textwrap.wrap(text, 70, initial_indent=indent.expandtabs(4)))
        for text in (EN, VI, EN)
    ]
    joined = unwrapped("\n".join(parts))
    assert [line.strip() for line in joined.split("\n")] == [EN, VI, EN]


def test_chinese_paragraphs_may_be_told_by_indents_alone() -> None:
    text = "\n".join(wrapped_han(f"\u3000\u3000{ZH}", 30) for _ in range(3))
    assert [line.strip() for line in unwrapped(text).split("\n")] == [ZH] * 3


def test_a_book_is_joined_paragraph_by_paragraph_and_its_headings_stay() -> None:
    chapters = [
        f"CHAPTER {number}\n\nThe Ferry\n\n{textwrap.fill(EN, 72)}\n\n{textwrap.fill(ASKED, 72)}"
        for number in range(1, 4)
    ]
    lines = unwrapped("\n\n".join(chapters)).split("\n\n")
    assert lines[:3] == ["CHAPTER 1", "The Ferry", EN]
    assert lines[3].endswith("about Sir Arthur Cole.")


def test_a_short_paragraph_is_joined_at_the_width_of_the_others() -> None:
    text = f"{textwrap.fill(EN, 72)}\n\n" + (
        "In the spring of that year the ferry was handed to Captain Edmund Fitz\n"
        "Vale of Upper Marsh."
    )
    assert unwrapped(text).endswith("Captain Edmund Fitz Vale of Upper Marsh.")


def test_a_quoted_paragraph_that_is_indented_as_a_whole_is_joined() -> None:
    text = textwrap.indent(textwrap.fill(EN, 60), "     ")
    assert unwrapped(f"He wrote:\n\n{text}") == f"He wrote:\n\n     {EN}"


def test_digits_stand_close_to_han_characters() -> None:
    text = (
        "灵江渡口建于一九三一年，由柯家兄弟二人出资修建，每天往返12\n"
        "次。大桥在两镇的资助下开始动工，并且在经历了延误之后于2004\n"
        "年十月通车，从此渡口冷清下来，渡船被卖给下游的一家公司使用\n至今。"
    )
    assert unwrapped(text) == text.replace("\n", "")


def test_hyphens_stay_unless_the_text_divides_words() -> None:
    kept = (
        "The keepers of the ferry were known all over the valley as kind and well-\n"
        "meaning people, who would wait for a late passenger even in the rain, or\n"
        "send a boy with a lamp to the landing. They were paid by the town.\n"
    )
    assert "well-meaning people" in unwrapped(kept)
    divided = (
        "The town paid in the end for a new reser-\n"
        "voir above the ferry, and for the embank-\n"
        "ment of the river, as the small commit-\n"
        "tee of farmers had asked. The reservoir\nwas filled in the spring.\n"
    )
    joined = unwrapped(divided)
    assert joined.startswith("The town paid in the end for a new reservoir above")
    assert "embankment of the river, as the small committee of" in joined
    soft = divided.replace("-\n", "\u00ad\n").replace("The reservoir", "The lake")
    assert "reservoir above" in unwrapped(soft)


@pytest.mark.parametrize(
    ("wrapped", "text"), [(textwrap.fill(EN, 60), EN), (wrapped_han(ZH, 25), ZH)]
)
def test_sentences_of_a_text_that_is_stored_as_it_is_run_over_line_ends(
    wrapped: str, text: str
) -> None:
    found = [plain(span.of(wrapped)) for span in sentences(wrapped)]
    assert found == [plain(span.of(text)) for span in sentences(text)]


@pytest.mark.parametrize(
    "text",
    [
        # Verse.
        "I walked along the river in the rain,\nAnd heard the ferry's bell across the flood;\n"
        "The lamps were lit along the narrow lane,\n"
        "And all the fields had turned from green to mud.",
        "Chiều nay bến vắng đò xa\nNgười qua sông ấy còn ta với mình\nLạch sâu sóng vỗ gập ghềnh\n"
        "Trăng lên soi bóng con thuyền nhỏ nhoi",
        "江水悠悠渡口斜，\n一船灯火照人家。\n归来莫问桥头月，\n风过平滩落晚霞。",
        "江水悠悠渡口斜，一船灯火照人家。\n归来莫问桥头月，风过平滩落晚霞。\n明朝又是春潮急，独立沙汀数落花。",
        "我又一次走过那座没有栏杆的木桥\n桥下的水声像一个人在低低地说话\n风把芦苇吹向同一个方向\n"
        "而渡船已经不在了",
        # Addresses, lists, tables, labels.
        "Công ty Phà Cửa Lạch\nSố 12 đường Trần Phú, phường Hạ Đồng\nThành phố Hải Dương\nViệt Nam",
        "Upper Marsh Ferry Company Limited\n12 Landing Road, Upper Marsh\nLinh Valley\nEngland",
        "- bốn mươi ghế nhựa cho khách đi phà trong ngày hội làng\n"
        "- hai cỗ xe kéo cho hàng hóa của các hộ dân bên kia sông\n- một chiếc đèn",
        "1. The ferry carries forty people and two carts on each trip\n"
        "2. The ferry leaves every half hour from six to eighteen\n3. Dogs are free",
        "一、渡口每天早上六时开放，晚上六时关闭，雨天顺延\n二、渡船每次载客不超过四十人，大车不超过两辆\n"
        "三、违者罚款",
        "Ngày khánh thành cầu Đông Hà mới: 12 tháng 10 năm 2004\n"
        "Người phát ngôn của công ty phà: ông Nguyễn Văn Thạch\nNơi gửi: Hải Dương",
        "| bến | giờ | giá vé của mỗi khách đi phà |\n"
        "| Cửa Lạch | 6 giờ | bốn nghìn đồng một lượt |",
        "Landing          Hour       Price of a passage\n"
        "Upper Marsh      6          four pence for all\n"
        "Lower Marsh      7          five pence for all",
        "def cross(river, passengers):\n"
        "    for each in passengers:\n"
        "        river.carry(each, back=False)\n"
        "    return river",
        # Headlines, one below the other.
        "柯家兄弟出资修建灵江渡口 四十名乡民参加开工典礼\n"
        "上马镇磨坊转让完成 新主人表示将保留全部工人\n"
        "大桥通车仪式昨日举行 两岸居民步行过江",
        "Ferry on the Linh river carries its last passenger after seventy years\n"
        "Bridge of Upper Marsh opens to carts and people on the first of May\n"
        "Farmers ask for a new reservoir above the old mill",
        # Paragraphs as lines, as pages are scraped.
        f"{EN}\n{VI}\n{EN}",
        f"{ZH}\n{ZH}",
        "渡口冷清，船工们另谋出路，最后一班船昨天开出\n最后一班船昨天下午开出。",
    ],
)
def test_lines_stay_lines(text: str) -> None:
    assert unwrapped(text) == text


MIXED = st.lists(
    st.sampled_from(
        ["a", "Từ", "ferry", "渡口", "，", "。", ".", ",", "-", " ", "\n", "\n\n", "\t"]
    )
    | st.sampled_from(["1.", "| x |", "\u3000", "“", "”", "the river of the town ", "\n"])
    | st.just("渡口建于一九三一年，由兄弟二人出资"),
    max_size=60,
).map("".join)


@given(MIXED, st.sampled_from([None, 40, 60]))
def test_nothing_but_space_and_hyphens_is_lost(text: str, soft_from: int | None) -> None:
    joined = unwrapped(text, soft_from=soft_from)
    assert plain(joined).replace("-", "") == plain(text).replace("-", "")
    for end in wrapped_ends(text, soft_from=soft_from):
        assert text[end] == "\n"


@pytest.mark.parametrize(
    "unit", ["a\n", "渡口，\n", "a" * 70 + "\n", "- \n", "a:b\n", " \n", "\t\n", "-\n"]
)
def test_very_many_lines_take_time_in_proportion(unit: str) -> None:
    assert len(unwrapped(unit * 20_000)) <= len(unit) * 20_000
