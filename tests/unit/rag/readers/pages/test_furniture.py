"""Page furniture of a single page: it is cut and recorded, and stories that resemble it stay."""

from __future__ import annotations

import pytest

from rag.readers.pages.boilerplate import cut_boilerplate
from tests.unit.rag.readers.pages.stories import STORIES, TITLES

BELOW = {
    "vi": (
        "Giấy phép hoạt động báo chí số 12/GP-BTTTT do Bộ Thông tin cấp ngày 1/2/2020",
        "Giấy phép số 345/GP-BC cấp ngày 03/04/2019. Tổng biên tập: Lê Văn Tám",
        "Cơ quan chủ quản: Ủy ban thị trấn Bến Sông",
        "Tòa soạn: 12 đường Bờ Kênh, Bến Sông. Điện thoại: 0900 000 000",
        "Đường dây nóng: 0900 000 000",
        "Hotline: 0900.000.000 - Email: toasoan@bensong.example",
        "Biên tập: Hoàng Lan",
        "Biên tập viên: Hoàng Lan",
        "Chia sẻ Facebook Zalo Copy link",
        "Xem thêm: Chợ nổi đón thêm khách vào cuối tuần",
        "Đọc thêm: Cầu mới qua kênh Bắc sắp thông xe",
        ">> Cầu mới qua kênh Bắc sắp thông xe vào tháng tới",
        "Đăng ký nhận bản tin của chúng tôi",
        "Đăng ký nhận tin tức mới nhất qua email mỗi sáng",
        "Theo dõi Báo Bến Sông trên Google News",
        "Mời quý độc giả theo dõi Báo Bến Sông trên Google News và Facebook.",
        "Mời bạn đọc gửi ý kiến về hộp thư banbientap@bensong.example",
        "Quét mã QR để tải ứng dụng Báo Bến Sông",
        "Tải ứng dụng Báo Bến Sông để đọc tin nhanh hơn",
        "Bạn cần đăng nhập để bình luận",
        "Hãy là người đầu tiên bình luận bài viết này",
        "® Ghi rõ nguồn “Báo Bến Sông” khi phát hành lại thông tin từ trang này.",
        "Nghiêm cấm sao chép dưới mọi hình thức nếu không có sự chấp thuận bằng văn bản.",
        "© 2024 Báo Bến Sông. Toàn bộ bản quyền được bảo lưu",
        "Bản quyền thuộc về Báo Bến Sông",
        "Từ khóa: cây xanh, Bến Sông, kênh Bắc",
        "Nguồn: TTXVN",
        "Theo TTXVN",
        "(Theo Báo Tin tức)",
    ),
    "zh": (
        "责任编辑：王小明",
        "（责编：王小明、李大华）",
        "编辑：李大华 审核：王小明",
        "【责任编辑:王小明】",
        "版权说明：本文为本站原创，转载请联系我们并注明出处。",
        "版权声明：本文版权归某某网所有，未经授权，不得转载。",
        "免责声明：本文仅代表作者个人观点，与本网无关，请读者自行核实相关内容。",
        "凡本网注明“来源：某某网”的所有作品，均为本网合法拥有版权的作品，未经授权不得转载。",
        "未经授权，不得转载或镜像",
        "转载请注明出处：某某网",
        "如有侵权，请联系我们删除",
        "互联网新闻信息服务许可证10120000000 | 增值电信业务经营许可证B1-20000000",
        "京ICP备00000000号-1 京公网安备11000000000000号",
        "违法和不良信息举报电话：010-00000000",
        "报料热线：0900-000000",
        "扫描二维码关注我们",
        "长按识别二维码，关注某某网微信公众号",
        "关注某某网微信公众号",
        "点击下载某某新闻客户端",
        "打开APP阅读全文",
        "分享到：微信 微博 QQ空间",
        "分享让更多人看到",
        "相关阅读：运河两岸新桥通车",
        "延伸阅读：运河两岸新桥通车",
        "下一篇：运河两岸新桥通车",
        "登录后发表评论",
        "网友评论仅供其表达个人看法，并不表明本站立场",
        "Copyright © 2024 某某网 版权所有",
        "来源：新华社",
        "关键词：植树 运河",
    ),
    "hant": (
        "責任編輯：陳大文",
        "（編輯：陳大文）1131125",
        "核稿編輯：陳大文",
        "版權聲明：本文著作權屬某某新聞網，未經授權不得轉載。",
        "本網站之文字、圖片及影音，非經授權，不得轉載、公開播送或公開傳輸及利用。",
        "版權所有 某某新聞網",
        "未經同意，請勿轉載",
        "掃描QR code加入我們",
        "加入某某新聞網LINE好友",
        "追蹤某某新聞網粉絲團",
        "訂閱某某電子報",
        "下載APP看更多新聞",
        "按讚加入某某新聞網粉絲團",
        "不用抽 不用搶 現在用APP看新聞",
        "延伸閱讀：運河兩岸新橋通車",
        "更多相關新聞：運河兩岸新橋通車",
        "新聞熱線：02-00000000",
        "請先登入後再留言",
        "（中央社）",
        "來源：中央社",
        "關鍵字：植樹、運河",
    ),
    "en": (
        "Edited by Jane Roe",
        "Editing by Jane Roe and John Doe",
        "Editor: Jane Roe",
        "Reporting by Jane Roe in Riverside; Editing by John Doe",
        "Our Standards: The Riverside Trust Principles.",
        "© 2024 The Riverside Star. All rights reserved.",
        "Copyright 2024 The Riverside Star. All rights reserved. It may not be published.",
        "This material may not be published, rewritten or redistributed without permission.",
        "Licensed under a Creative Commons Attribution 4.0 licence",
        "This article was originally published in the Riverside Star.",
        "The views expressed here are those of the author and not of the Riverside Star.",
        "Reproduction without permission is prohibited.",
        "Sign up for our daily newsletter",
        "Subscribe to the Riverside Star newsletter and get the news in your inbox.",
        "Get the top stories of the day delivered to your inbox",
        "Follow us on Facebook and Instagram",
        "Follow the Riverside Star on Google News",
        "Download our app to read more",
        "Scan the QR code to get our app",
        "Share this article on Facebook",
        "Share Facebook Twitter Email",
        "Read more: A new bridge over the northern canal",
        "READ ALSO: A new bridge over the northern canal",
        "Related: A new bridge over the northern canal",
        "Log in to comment",
        "Be the first to comment",
        "Do you have a tip? Write to tips@riverside.example",
        "Hotline: 0900 000 000",
        "Terms of Use | Privacy Policy | Contact",
        "Topics: trees, canals",
        "Source: Reuters",
    ),
}
"""Lines that stand below a story."""

WITHIN = {
    "vi": (
        "Xem thêm: Chợ nổi đón thêm khách vào cuối tuần",
        ">>> Cầu mới qua kênh Bắc sắp thông xe vào tháng tới",
        "Theo dõi Báo Bến Sông trên Google News",
        "Quảng cáo",
    ),
    "zh": (
        "相关阅读：运河两岸新桥通车",
        "扫描二维码关注我们",
        "广告",
        "【延伸阅读】运河两岸新桥通车",
    ),
    "hant": ("延伸閱讀：運河兩岸新橋通車", "廣告", "看更多：運河兩岸新橋通車"),
    "en": (
        "Read more: A new bridge over the northern canal",
        "Sign up for our daily newsletter",
        "Advertisement",
        "Story continues below advertisement",
    ),
}
"""Lines that pages also put between the paragraphs of a story."""

STAYS = {
    "vi": (
        "Đường dây nóng của sở nhận hơn 200 cuộc gọi trong tuần đầu tiên, ông Tám cho biết.",
        "Biên tập viên của tờ báo thị trấn đã đến dự buổi họp và đặt nhiều câu hỏi.",
        "Theo TTXVN, hai thị trấn lân cận cũng có kế hoạch tương tự trong năm tới.",
        "Giấy phép hoạt động của vườn ươm sẽ được cấp lại vào tháng tới.",
        "Người dân có thể quét mã QR trên thân cây để biết loài cây và ngày trồng.",
        "Bản quyền thuộc về tác giả bài hát, theo phán quyết của tòa án thị trấn.",
        "Xem thêm cây ở bờ bắc, khách phải đi phà qua kênh.",
    ),
    "zh": (
        "热线电话开通一周，共接到两百个来电，多数询问认养办法。",
        "责任编辑王小明当天也参加了会议，并向议员提问。",
        "据新华社报道，邻近两市明年也有同样的计划。",
        "未经许可，任何人不得在运河两岸砍树，议长说。",
        "居民扫描树上的二维码，就能知道树种和种植日期。",
        "版权问题也是会上讨论的题目之一，各方没有达成一致。",
    ),
    "hant": (
        "專線開通一週，共接到兩百通電話，多數詢問認養辦法。",
        "編輯陳大文當天也參加了會議，並向議員提問。",
        "據中央社報導，鄰近兩市明年也有同樣的計畫。",
        "居民掃描樹上的QR code，就能知道樹種和種植日期。",
    ),
    "en": (
        "The hotline took two hundred calls in its first week, the department said.",
        "An editor of the town's newspaper came to the meeting and asked many questions.",
        "Two towns nearby have such a plan too, Reuters reported on Monday.",
        "Residents can scan the QR code on a trunk to learn the kind of the tree.",
        "Copyright in the song belongs to its author, the court found on Friday.",
        "Subscribers of the water company pay a lower price, according to the plan.",
        "Follow the canal to the north to see the oldest of the trees.",
    ),
}
"""Sentences of a story that mention what furniture mentions."""


def page(language: str, *below: str, within: str = "") -> str:
    """Return a page with lines within its story and below it."""
    first, *rest = STORIES[language].split("\n\n")
    middle = [within] if within else []
    return "\n\n".join([TITLES[language], first, *middle, *rest, *below])


def story(language: str) -> str:
    return f"{TITLES[language]}\n\n{STORIES[language]}"


@pytest.mark.parametrize(("language", "line"), [(k, line) for k, v in BELOW.items() for line in v])
def test_a_line_below_a_story_is_cut_and_recorded(language: str, line: str) -> None:
    found = cut_boilerplate(page(language, line))
    assert found.text == story(language)
    assert [cut.line for cut in found.cut] == [line]


@pytest.mark.parametrize("language", BELOW)
def test_lines_below_a_story_are_cut_together(language: str) -> None:
    found = cut_boilerplate(page(language, *BELOW[language]))
    assert found.text == story(language)
    assert [cut.line for cut in found.cut] == list(BELOW[language])


@pytest.mark.parametrize(("language", "line"), [(k, line) for k, v in WITHIN.items() for line in v])
def test_a_line_between_paragraphs_is_cut_and_the_story_goes_on(language: str, line: str) -> None:
    found = cut_boilerplate(page(language, within=line))
    assert found.text == story(language)
    assert [cut.line for cut in found.cut] == [line]


@pytest.mark.parametrize(("language", "line"), [(k, line) for k, v in STAYS.items() for line in v])
def test_a_sentence_of_a_story_that_mentions_furniture_stays(language: str, line: str) -> None:
    for text in (page(language, line), page(language, within=line)):
        found = cut_boilerplate(text)
        assert (found.text, found.cut, found.source) == (text, (), None)


@pytest.mark.parametrize(
    ("language", "heading", "titles"),
    [
        ("vi", "Tin liên quan", ("Chợ nổi đón thêm khách", "Cầu mới sắp thông xe")),
        ("vi", "Đọc thêm", ("Chợ nổi đón thêm khách vào cuối tuần nhờ tuyến phà mới",)),
        ("zh", "相关阅读", ("运河两岸新桥通车", "水上巴士四月开通")),
        ("hant", "延伸閱讀", ("運河兩岸新橋通車",)),
        ("en", "Read more", ("A new bridge over the northern canal", "Ferry fares to rise")),
        ("en", "Related stories", ("A new bridge over the northern canal",)),
    ],
)
def test_a_story_goes_on_below_a_block_about_others(
    language: str, heading: str, titles: tuple[str, ...]
) -> None:
    parts = STORIES[language].split("\n\n")
    whole = [TITLES[language], *parts, heading, *titles, *parts[:2]]
    changed = [part.replace("20", "30") for part in whole]
    last = [f"{parts[0]} {parts[1]}", f"{parts[1]} {parts[2]}"]
    found = cut_boilerplate("\n\n".join([*changed[:-2], *last]))
    assert found.text.endswith("\n\n".join(last))
    assert [cut.line for cut in found.cut] == [heading, *titles]


@pytest.mark.parametrize(
    ("language", "heading"),
    [
        ("vi", "Tin cùng chuyên mục"),
        ("zh", "推荐阅读"),
        ("hant", "推薦閱讀"),
        ("en", "More from Riverside"),
    ],
)
def test_titles_with_summaries_below_a_story_are_cut(language: str, heading: str) -> None:
    if heading == "More from Riverside":
        heading = "More stories"
    summary = STORIES[language].split("\n\n")[1]
    teasers = []
    for number in ("1", "2", "3", "4"):
        teasers += [f"{TITLES[language]} {number}", f"{number} {summary}"]
    found = cut_boilerplate(page(language, heading, *teasers))
    assert found.text == story(language)
    assert [cut.line for cut in found.cut] == [heading, *teasers]


def test_a_hotline_within_a_story_does_not_end_it() -> None:
    text = page(
        "vi",
        "Đường dây nóng: 0900 000 000",
        "Sở nhận cuộc gọi từ 8 giờ đến 17 giờ tất cả các ngày trong tuần, trừ ngày lễ.",
    )
    assert cut_boilerplate(text).text == text


def test_a_list_at_the_end_of_a_story_stays_above_the_foot() -> None:
    places = [f"Điểm {number}: bờ kênh số {number}" for number in range(1, 8)]
    found = cut_boilerplate(page("vi", *places, "Bản quyền thuộc về Báo Bến Sông"))
    assert found.text == "\n\n".join([story("vi"), *places])


def test_a_notice_that_is_the_whole_text_stays() -> None:
    text = "版权声明：本文版权归某某网所有，未经授权，不得转载。"
    assert cut_boilerplate(text).text == text


def test_a_story_goes_on_below_the_control_that_opens_its_rest() -> None:
    first, second, third = STORIES["en"].split("\n\n")
    text = f"{TITLES['en']}\n\n{first}\n\n{second}\n\nRead More\n\n{third}\n___"
    page = cut_boilerplate(text)
    assert third in page.text
    assert "Read More" not in page.text


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("vi", "Bỏ qua Quảng cáo và tiếp tục đọc"),
        ("vi", "Nguồn hình ảnh, Getty Images"),
        ("vi", "Chụp lại hình ảnh,"),
        ("zh", "跳过广告继续阅读"),
        ("zh", "字体：小 中 大"),
        ("hant", "請繼續往下閱讀..."),
        ("hant", "☆飲酒過量 有害健康"),
        ("hant", "點擊圖片放大："),
        ("en", "Image source, Getty Images"),
        ("en", "Skip newsletter promotion and continue reading"),
        ("en", "Enter your email address"),
    ],
)
def test_controls_within_a_story_are_cut(language: str, line: str) -> None:
    first, *rest = STORIES[language].split("\n\n")
    page = cut_boilerplate("\n\n".join([TITLES[language], first, line, *rest]))
    assert page.text == f"{TITLES[language]}\n\n{STORIES[language]}"
    assert [cut.line for cut in page.cut] == [line]


@pytest.mark.parametrize(
    ("language", "below"),
    [
        ("vi", "Trở lại Thời sự\nCopy link thành công\n×\nÝ kiến (12)\nMừng cho bà con."),
        ("vi", "#cây xanh #Bến Sông"),
        ("vi", "Chủ đề\nChâu Á\nViệt Nam"),
        ("zh", "【纠错】 【责任编辑:王小明 】\n阅读下一篇："),
        ("zh", "图片编辑：王小明"),
        ("zh", "某某网所刊载内容之知识产权为某某传媒专属所有。未经许可，禁止进行转载及建立镜像。"),
        ("en", "The Daily Briefing newsletter provides all the news you need. Sign up here."),
        ("en", "The desk receives financial support from several private foundations."),
        ("en", "Explore more on these topics\nTrees"),
    ],
)
def test_the_foot_of_more_pages_is_cut(language: str, below: str) -> None:
    page = cut_boilerplate(f"{TITLES[language]}\n\n{STORIES[language]}\n\n{below}")
    assert page.text == f"{TITLES[language]}\n\n{STORIES[language]}"
    assert [cut.line for cut in page.cut] == below.split("\n")
