from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.fitting.segmentation import measure, read_sentences
from rag.text.sentences import sentences
from tests.conftest import SHARED

TEXT = st.text(
    st.sampled_from("aB .!?…\n\t\u3000。！？”」')(1Đđ联合国，“TP")
    | st.characters(exclude_categories=["Cs"])
)


@given(TEXT)
def test_spans_are_ordered_trimmed_and_hold_everything_but_space(text: str) -> None:
    spans = sentences(text)
    end = 0
    kept = ""
    for span in spans:
        assert end <= span.start < span.end
        piece = span.of(text)
        assert piece == piece.strip()
        assert not text[end : span.start].strip()
        kept += piece
        end = span.end
    assert not text[end:].strip()
    assert "".join(kept.split()) == "".join(text.split())


@pytest.mark.parametrize(
    "parts",
    [
        ["TP. Hồ Chí Minh đón GS. Nguyễn Văn An.", "Ông ở lại."],
        ["Kim ngạch đạt 15.5 tỷ USD.", "Con số tăng."],
        ["Dr. Smith met Mr. J. F. Kennedy at 5 p.m. in No. 10.", "They talked."],
        ["“Hãy đi!”", "Ông nói."],
        ["新闻发布会结束。", "越南说：“我们欢迎！”", "会议继续？", "是的"],
        ["决议获得通过.", "The vote was 192."],
        ["Really?!", "Yes..."],
        ["PGS.TS. Nguyễn Văn An nói.", "Rồi ông đi."],
        ["The U.S. President met U.N. Secretary-General Guterres.", "They talked."],
        ["II. Kết luận chung.", "Xong."],
        ["There were 5.", "Then 6 came."],
        ['" Ông đi đâu đấy ? " - tôi hỏi .', '" đi chợ " .', "Rồi ông cười ."],
        ['Ông hét lên: " Nhầm số rồi ! " và cúp máy.', "Im lặng."],
        ["Biển số 1 cũ ... - nơi tôi sinh ra.", "Nay đã khác."],
        ["他反对：“谁会想听演员说话呢？”。", "后来他改了主意。"],
        ["Heading", "First line of text", "- an item"],
    ],
)
def test_sentences_end_where_a_reader_would_end_them(parts: list[str]) -> None:
    separator = "\n" if parts[0] == "Heading" else " "
    text = separator.join(parts)
    assert [span.of(text) for span in sentences(text)] == parts


@pytest.mark.parametrize(
    "parts",
    [
        ["闸门今早全部关闭。", '"一切按计划进行。"站长说。', "随后他离开了。"],
        ['站长说："闸门关了。"', '"什么时候再开？"记者问。', "他没有回答。"],
        ["“闸门关了。”站长李明告诉记者，“下周再开。”", "他没有回答其他问题。"],
        ["「閘門關了。」站長說，「下週再開！」", "大家都鬆了一口氣。"],
        ["他说：'闸门关了。'", "'下周再开。'站长补充道。", "会议结束。"],
        ["人们高喊“加油！”的口号跑过终点。", "雨停了。"],
        ["他喊道：“开闸！”，随后跑下堤坝。", "水流出来了。"],
        ["孩子们读了《谁在敲门？》这本书。", "老师很高兴。"],
        ["他终于来了（真的！）而且带着图纸。", "我们开始了。"],
        ["他终于来了。", "（图纸也带来了。）", "我们开始了。"],
        ['站长说:“闸门关了。"', '"下周再开。"他补充说。', "完了。"],
        ['"闸门关了."站长说.', '"下周再开."', "李工走了."],
        ['Trạm trưởng nói: "Cống đã đóng."', '"Tuần sau mở lại." - ông Nam nói.', "Trời tạnh."],
        ['"Cống đã đóng." – Ông Nam cho biết.', "Trời tạnh."],
        ['"Cống đã đóng chưa?" chị Lan hỏi.', '"Đóng rồi."', "Chị ra về."],
        ['"Is the gate shut?" Mr Reed asked.', '"It is."', "He said the river was low."],
        ['"Is the gate shut?" asked Mr Reed.', "Nobody spoke."],
        ['She paid for a 5" pipe.', '"Good."', "Then she left."],
        ["It was 'fine.'", "The U.S.'s gate was shut.", "Then she left."],
    ],
)
def test_quotation_marks_belong_to_the_sentence_that_they_quote(parts: list[str]) -> None:
    between = "" if "\u4e00" <= parts[-1][0] <= "\u9fff" else " "
    text = between.join(parts)
    assert [span.of(text) for span in sentences(text)] == parts


@pytest.mark.parametrize(
    "parts",
    [
        ["Anh nói.", '"Cống đã đóng."'],
        ["The gate is shut.", '"We open on Monday," she said.'],
        ["Cống đã đóng.", "“Tuần sau mở lại.”"],
    ],
)
def test_a_quotation_may_begin_without_a_space(parts: list[str]) -> None:
    assert [span.of("".join(parts)) for span in sentences("".join(parts))] == parts


@pytest.mark.parametrize("unit", ['。"', "“。”", '."A', '"', "。”他", "'。'", "（。）a"])
def test_marks_of_quotations_take_time_in_proportion(unit: str) -> None:
    assert len(sentences(unit * 100_000)) <= 200_002


def test_a_mark_too_many_turns_no_other_paragraph_around() -> None:
    text = '闸门高5"，今早关闭。\n"下周再开。"站长说。他走了。'
    assert [span.of(text) for span in sentences(text)][1:] == ['"下周再开。"站长说。', "他走了。"]


def test_a_wrapped_line_goes_on() -> None:
    text = "The council met in the capital of Laos on\nthe first day.\nIt voted."
    assert [span.of(text) for span in sentences(text)] == [
        "The council met in the capital of Laos on\nthe first day.",
        "It voted.",
    ]


@pytest.mark.parametrize(
    "lines",
    [
        ["Background", "the council was founded in 1967 by five states.", "It grew."],
        ["Các nước thành viên:", "brunei, lào", "việt nam"],
        ["The following members voted for the motion:", "a) laos;", "b) brunei."],
        ["The following members voted for the motion:", "ii. laos"],
    ],
)
def test_headings_and_list_items_are_units_of_their_own(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert [span.of(text) for span in sentences(text)] == lines


def test_a_very_long_text_takes_no_time() -> None:
    assert len(sentences("a" * 1_000_000)) == 1
    # The first is the label of the line.
    assert len(sentences("a. B " * 100_000)) == 100_000
    for hostile in ("." * 300_000, "。" * 300_000, " " * 300_000, ".)" * 150_000, "\n " * 150_000):
        assert len(sentences("a" + hostile + "b")) <= 150_002


def test_asia_at_the_end_of_a_sentence_is_no_initial() -> None:
    text = "Hội nghị bàn về châu Á. Ông J. Smith dự."
    assert [span.of(text) for span in sentences(text)] == [
        "Hội nghị bàn về châu Á.",
        "Ông J. Smith dự.",
    ]


@pytest.mark.parametrize(
    ("treebank", "between"),
    [
        ("UD_Vietnamese-VTB", " "),
        ("UD_Chinese-GSDSimp", ""),
        ("UD_Chinese-PUD", ""),
        ("UD_English-PUD", " "),
    ],
)
def test_sentences_of_treebanks_are_found_in_running_text(treebank: str, between: str) -> None:
    files = sorted((SHARED / "data" / "ud" / treebank).glob("*.conllu"))
    if not files:
        pytest.skip("the treebanks are not beside the repository")
    for file in files:
        _, _, f1 = measure(
            read_sentences(file), between, lambda text: {span.end for span in sentences(text)}
        )
        assert f1 >= 0.98, f"{file.name}: {f1:.4f}"
