"""Articles whose every sentence names the article and its version."""

from __future__ import annotations

import random
import re

from rag.records.new_article import make_article
from tamngu.records.article import Article

LANGUAGES = ("vi", "zh", "en")

_SENTENCES = {
    "vi": (
        "Đoàn đại biểu Việt Nam tới {place} dự phiên họp thứ {n} về hợp tác biển",
        "Hai bên nhất trí mở thêm {n} chuyến bay thẳng tới {place} từ mùa thu",
        "Đại sứ tại {place} trao {n} suất học bổng cho sinh viên ngành luật quốc tế",
        "Bộ Ngoại giao cho biết {n} công dân đã rời {place} an toàn sau trận bão",
        "Cuộc tham vấn chính trị lần thứ {n} diễn ra tại {place} trong không khí cởi mở",
        "Kim ngạch thương mại với {place} tăng {n} phần trăm so với cùng kỳ năm ngoái",
        "Một bản ghi nhớ về đào tạo {n} cán bộ gìn giữ hòa bình được ký tại {place}",
        "Triển lãm ảnh ở {place} trưng bày {n} bức về quan hệ hai nước",
    ),
    "zh": (
        "代表团抵达{place}，出席第{n}次海上合作会议",
        "双方同意自秋季起增开{n}个飞往{place}的直达航班",
        "驻{place}大使向国际法专业学生颁发了{n}份奖学金",
        "外交部表示，台风过后已有{n}名公民安全离开{place}",
        "第{n}轮政治磋商在{place}举行，气氛坦诚友好",
        "对{place}的贸易额同比增长百分之{n}",
        "培训{n}名维和人员的谅解备忘录在{place}签署",
        "{place}的图片展展出了{n}幅反映两国关系的作品",
    ),
    "en": (
        "The delegation reached {place} for meeting number {n} on maritime cooperation",
        "Both sides agreed to open {n} more direct flights to {place} in autumn",
        "The ambassador in {place} awarded {n} scholarships to students of international law",
        "The ministry said that {n} citizens had left {place} safely after the storm",
        "The political consultations, the {n}th so far, were held in {place} in an open spirit",
        "Trade with {place} grew by {n} per cent over the same period of last year",
        "A memorandum on training {n} peacekeepers was signed in {place}",
        "A photo exhibition in {place} shows {n} pictures of the ties between the two countries",
    ),
}
_PLACES = {
    "vi": (
        "Viêng Chăn",
        "Gia-các-ta",
        "Hồng Công",
        "Giơ-ne-vơ",
        "Niu Y-oóc",
        "Đà Nẵng",
        "Bắc Kinh",
    ),
    "zh": ("万象", "雅加达", "香港", "日内瓦", "纽约", "岘港", "北京"),
    "en": ("Vientiane", "Jakarta", "Hong Kong", "Geneva", "New York", "Da Nang", "Beijing"),
}
_SIGNED = {"vi": "{text} (bài {id}, bản {v}). ", "zh": "{text}（{id}，版本{v}）。",
           "en": "{text} (report {id}, version {v}). "}  # fmt: skip
_SIGNATURE = re.compile(
    r"[(（](?:bài |report )?([a-z]+-\d+)[,，] ?(?:bản |版本|version )(\d+)[)）]"
)
_PARAGRAPH = 4


def make_version(id: str, version: int, most_sentences: int = 10) -> Article:
    """Return a version of an article; its id, such as ``vi-07``, begins with its language."""
    language = id[:2]
    chance = random.Random(f"{id} {version}")
    text = ""
    for place in range(chance.randint(2, most_sentences)):
        said = chance.choice(_SENTENCES[language]).format(
            place=chance.choice(_PLACES[language]), n=chance.randint(2, 99)
        )
        text += _SIGNED[language].format(text=said, id=id, v=version)
        text += "\n\n" if place % _PARAGRAPH == _PARAGRAPH - 1 else ""
    return make_article(text, key=id, id=id, title=f"{id} {version}", language=language)


def signed(text: str) -> set[tuple[str, int]]:
    """Return the (id, version) pairs that a text's sentences name."""
    return {(name, int(version)) for name, version in _SIGNATURE.findall(text)}
