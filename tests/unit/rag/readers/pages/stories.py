"""Stories of our own in the three languages, to put furniture around."""

from __future__ import annotations

VI = (
    "Hội đồng thị trấn Bến Sông hôm thứ Ba thông qua kế hoạch trồng thêm hai mươi nghìn cây xanh "
    "trong năm tới, chủ yếu dọc các bờ kênh.\n\n"
    "Theo tờ trình, mỗi khu phố được giao một phần việc và phải báo cáo tiến độ cho sở.\n\n"
    "Người dân có thể đăng ký chăm sóc cây trước nhà mình, đổi lại được miễn phí nước tưới."
)
ZH = (
    "市议会星期二通过一项计划，明年将沿运河两岸新种两万棵树，各区每月须向主管部门汇报进度，未完成的要说明原因。\n\n"
    "居民可以认养门前的树木，作为交换，浇灌用水免费；学校和企业也可以报名参加，名额先到先得，满额为止。\n\n"
    "主管部门说，去年种下的树有九成成活，比前年高出一成，原因是改用了更耐旱的树种和滴灌设备。"
)
HANT = (
    "市議會星期二通過一項計畫，明年將沿運河兩岸新種兩萬棵樹，各區每月須向主管機關回報進度，未完成的要說明原因。\n\n"
    "居民可以認養門前的樹木，作為交換，澆灌用水免費；學校和企業也可以報名參加，名額先到先得，額滿為止。\n\n"
    "主管機關說，去年種下的樹有九成成活，比前年高出一成，原因是改用了更耐旱的樹種和滴灌設備。"
)
EN = (
    "The town council on Tuesday approved a plan to plant twenty thousand more trees next year, "
    "most of them along the canals.\n\n"
    "Each district gets its share of the work and has to report on it to the department.\n\n"
    "Residents may sign up to look after the tree in front of their house, for free water."
)
STORIES = {"vi": VI, "zh": ZH, "hant": HANT, "en": EN}
TITLES = {
    "vi": "Bến Sông trồng thêm hai mươi nghìn cây",
    "zh": "运河两岸将新种两万棵树",
    "hant": "運河兩岸將新種兩萬棵樹",
    "en": "Town to plant twenty thousand trees",
}
