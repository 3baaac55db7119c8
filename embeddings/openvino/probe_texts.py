"""Texts on which a compiled model is compared with the torch model it was made from."""

from __future__ import annotations

PROBES = (
    "Hội đồng nhân dân thành phố họp khi nào?",
    "Ai ký thoả thuận vận tải đường sắt với nước láng giềng?",
    "市议会什么时候开会？",
    "誰簽署了與鄰國的鐵路運輸協議？",
    "When does the city council meet?",
    "Who signed the rail agreement with the neighbouring country, and for how many years?",
    "GDP +6,8%",
    "a",
    "Sáng thứ Ba, hội đồng thành phố thông qua kế hoạch xây thêm ba tuyến xe buýt điện. Theo tờ "
    "trình, tuyến đầu tiên chạy từ bến cảng tới khu đại học, dài 18 km, dự kiến mở vào tháng 9. "
    "Người dân hai quận phía tây cho biết họ đã chờ tuyến này gần mười năm.",
    "星期二上午，市议会通过了新增三条电动公交线路的计划。根据提案，第一条线路从港口开往大学城，"
    "全长18公里，预计九月开通。西部两个区的居民说，这条线路他们已经等了将近十年；票价与现有线路相同。",
    "On Tuesday morning the city council approved three more electric bus routes. The first, under "
    "the plan, runs 18 km from the harbour to the university and is to open in September. People "
    "in the two western districts said they had waited nearly ten years for it; a ride will cost "
    "as much as on the routes there are.",
    "name@example.org — https://example.org/a?b=c ① ½ ﬁ ＡＢＣ \u200b e\u0302\u0301",
)
"""Short and long texts in the three languages, and characters that a normaliser changes."""
