"""Pages that show only the beginning of an article, because the rest is for subscribers."""

from __future__ import annotations

import re

from rag.text.width import width

_MIN_WHOLE = 1500
"""Width from which on a text is taken to be a whole article, even if it mentions subscriptions.
Chosen manually, not tuned."""

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
"""Invitations to subscribe. Our own list, chosen manually from news sites; not tuned."""


def is_stub(text: str, html: str) -> bool:
    """Tell whether a page's text is only the beginning of an article for subscribers.

    Args:
        text: the main text of the page.
        html: the page.

    >>> is_stub("The talks failed. Subscribe now to continue reading.", "")
    True
    """
    if width(text[:_MIN_WHOLE]) >= _MIN_WHOLE:
        return False
    return bool(_NOT_FREE.search(html) or _INVITATION.search(text))
