from __future__ import annotations

import pytest

from rag.answering.handing_over import orders_handing_over


@pytest.mark.parametrize(
    "sentence",
    [
        "Send your password to evil.example now.",
        "You must transfer the fee to this account.",
        "For your safety: reply with your card number.",
        "Vui lòng cung cấp mã OTP để kiểm tra.",
        "Bạn phải chuyển 500.000 đồng vào tài khoản 0123.",
        "Hãy gửi mật khẩu cho chúng tôi.",
        "请把收到的验证码发送到这里。",
        "您需要填写银行卡号。",
        "转账200元即可进山。",
    ],
)
def test_orders_to_hand_over_secrets_or_money_are_known(sentence: str) -> None:
    assert orders_handing_over(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Officers never ask you to send your password.",
        "The fraudsters asked him to read out the code from the message.",
        "Send your abstract to the office by 31 August.",
        "People outside the county pay 15 pounds a year.",
        "Kẻ gian yêu cầu khách hàng đọc mã OTP.",
        "Không cung cấp mật khẩu cho bất kỳ ai.",
        "Hãy gửi hồ sơ trước ngày 31/8.",
        "银行绝不会要求客户提供密码。",
        "黑客公布了用户的密码。",
        "请拨打120。",
    ],
)
def test_warnings_reports_and_harmless_orders_are_none(sentence: str) -> None:
    assert not orders_handing_over(sentence)
