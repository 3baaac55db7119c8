"""Pages that show only the beginning of a story."""

from __future__ import annotations

import re

_STUB = 1500
"""Characters of a page's text from which on it is taken to be a whole story, whatever it says of
subscriptions; a Han character counts as two. By hand."""

_NOT_FREE = re.compile(r"""["']isAccessibleForFree["']\s{0,9}:\s{0,9}["']?false""", re.IGNORECASE)

_INVITATION = re.compile(
    r"(?:subscribe|sign in|log in|register|sign up)[^.\n]{0,40}"
    r" to (?:continue|keep|read|unlock|view)"
    r"|to (?:continue|keep) reading|already a subscriber|subscribers? only|for subscribers"
    r"|this (?:article|content|story) is (?:for|only available to|exclusive to) "
    r"|đăng (?:ký|nhập)[^.\n]{0,40} để (?:đọc|xem) (?:tiếp|toàn bộ|đầy đủ)"
    r"|dành (?:riêng )?cho (?:thuê bao|hội viên|độc giả trả phí)|nội dung trả phí"
    r"|(?:订阅|訂閱|登录|登入|开通会员|加入會員|注册)[^。\n]{0,20}(?:阅读|閱讀|查看|观看)(?:全文|更多|完整)"
    r"|剩余[^。\n]{0,20}(?:付费|会员|订阅)|本文为付费|付費內容|付费内容|會員限定|会员专享",
    re.IGNORECASE,
)


def is_stub(text: str, html: str) -> bool:
    """Tell whether a page's text is the beginning of a story that is to be paid for.

    >>> is_stub("The talks failed. Subscribe now to continue reading.", "")
    True
    """
    length = len(text) + sum("\u3400" <= character <= "\u9fff" for character in text[:_STUB])
    if length >= _STUB:
        return False
    return bool(_NOT_FREE.search(html) or _INVITATION.search(text))
