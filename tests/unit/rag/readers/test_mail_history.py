from __future__ import annotations

import tomllib
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.readers.mail.own_words import own_words
from tamngu.records.article import Article
from tests.unit.rag.readers.reading import articles

NEW = "The ferry leaves at nine from now on, as the town has decided."
OLD = "The ferry leaves at eight, and the price is four pence."
OUTLOOK = (
    "From: Bob Cole <bob@ferry.example>\nSent: Tuesday, February 17, 2026 2:05 PM\n"
    "To: Ann Vance <ann@ferry.example>\nSubject: Hours\n\n"
)


def mail(text: str, subject: str = "RE: Hours", *, kind: str = "plain", **params: str) -> Article:
    made = EmailMessage()
    made["From"], made["Subject"] = "Ann Vance <ann@ferry.example>", subject
    made.set_content(text, subtype=kind)
    for name, value in params.items():
        made.set_param(name, value)
    (article,) = articles("a.eml", made.as_bytes())
    return article


SAMPLES = tomllib.loads(Path(__file__).with_name("mail_samples.toml").read_text(encoding="utf-8"))
HEADS: dict[str, str] = SAMPLES["heads"]
HTML: dict[str, str] = SAMPLES["html"]


@pytest.mark.parametrize("name", HEADS)
@pytest.mark.parametrize("mark", ["", "> "])
def test_the_mail_that_is_answered_is_cut(name: str, mark: str) -> None:
    article = mail(f"Hello,\n\n{NEW}\n\n{HEADS[name]}{mark}{OLD}\n{mark}\n{mark}Bob\n")
    assert article.text == f"Hello,\n\n{NEW}"
    lines = [line.strip() for line in HEADS[name].split("\n") if line.strip()]
    assert [cut.line for cut in article.cut] == [*lines, f"{mark}{OLD}", f"{mark}Bob"]
    assert {cut.reason for cut in article.cut} == {"quoted"}


@pytest.mark.parametrize("name", HTML)
def test_the_mail_that_is_answered_is_cut_from_html(name: str) -> None:
    article = mail(
        f"<html><body><div>{NEW}</div>{HTML[name].format(OLD)}</body></html>", kind="html"
    )
    assert article.text == NEW
    assert OLD in [cut.line for cut in article.cut]
    assert all(cut.line.isprintable() for cut in article.cut)


def test_a_quotation_in_html_that_nobody_is_said_to_have_written_stays() -> None:
    article = mail(f"<p>{NEW}</p><blockquote>{OLD}</blockquote><p>Think of it.</p>", kind="html")
    assert article.text == f"{NEW}\n\n{OLD}\n\nThink of it."


def test_answers_between_quoted_lines_stay() -> None:
    text = (
        "On 17/02/2026 14:05, Bob Cole wrote:\n> When does it leave?\n\nAt nine.\n\n"
        "> And the price?\n"
        ">> four pence\nFive pence.\n"
    )
    assert mail(text).text == "At nine.\n\nFive pence."
    html = (
        '<div class="gmail_quote"><div class="gmail_attr">On Tue, Bob wrote:</div><blockquote '
        'class="gmail_quote">When?</blockquote><div>At nine.</div>'
        '<blockquote class="gmail_quote">'
        "How much?</blockquote><div>Five pence.</div></div>"
    )
    assert mail(html, kind="html").text.split() == ["At", "nine.", "Five", "pence."]


def test_an_answer_below_the_quoted_mail_stays() -> None:
    assert mail(f"{HEADS['Gmail']}> {OLD}\n> Bob\n\n{NEW}\n").text == NEW


@pytest.mark.parametrize("words", ["", "FYI", "Kính chuyển anh chị xem.", "请看下面的通知。"])
@pytest.mark.parametrize("subject", ["Fwd: Hours", "FW: Hours", "转发：时间", "Chuyển tiếp: Giờ"])
def test_a_mail_that_is_handed_on_is_kept(words: str, subject: str) -> None:
    assert OLD in mail(f"{words}\n\n{HEADS['Outlook']}{OLD}\n", subject).text
    gmail = f"{words}\n\n---------- Forwarded message ---------\n{HEADS['Outlook']}{OLD}\n"
    assert OLD in mail(gmail, "Hours").text
    html = f'<p>{words}</p><div class="gmail_quote"><div class="gmail_attr">----------'
    assert (
        OLD
        in mail(
            f"{html} Forwarded message ---------<br>From: Bob</div>{OLD}</div>",
            subject,
            kind="html",
        ).text
    )


def test_a_long_mail_above_one_that_is_handed_on_is_what_is_said() -> None:
    assert mail(f"{NEW * 5}\n\n{HEADS['Outlook']}{OLD}\n", "Fwd: Hours").text == NEW * 5


def test_a_mail_with_nothing_but_an_older_one_is_kept() -> None:
    assert OLD in mail(f"{HEADS['Outlook']}{OLD}\n").text
    assert mail(f"> {OLD}\n> Bob\n").text == f"{OLD}\nBob"


SIGNED = [
    "-- \nAnn Vance\nUpper Marsh Ferry",
    "--\nAnn Vance\nUpper Marsh Ferry",
    "Sent from my iPhone",
    "Get Outlook for iOS<https://aka.example/x>",
    "Được gửi từ iPhone của tôi",
    "Gửi từ Outlook dành cho Android",
    "发自我的iPhone",
    "從我的 iPhone 傳送",
    "获取 Outlook for Android",
    "发自 网易邮箱大师",
    "CONFIDENTIALITY NOTICE: This e-mail is intended only for the addressee.\n"
    "If you have received this in error, delete it.",
    "Email này có thông tin bảo mật. Nếu nhận nhầm, xin xóa thư này.",
    "本邮件含有保密信息，仅供指定收件人使用。",
    "Please consider the environment before printing this e-mail.",
    "-- \nAnn\n\nThis email and any files are confidential.",
    "Best regards,\n\nAnn Vance\nUpper Marsh Ferry\nTel. +44 1234 567 890",
    "Trân trọng,\nTrần Thị An\nPhòng Điều hành\nan@ben-pha.example",
    "此致\n敬礼\n王安\n电话：010-5555 0199",
]


@pytest.mark.parametrize("signature", SIGNED)
def test_signatures_and_what_programs_add_are_cut(signature: str) -> None:
    for rest in ("", f"\n\n{HEADS['Outlook']}{OLD}"):
        article = mail(f"{NEW}\n\n{signature}{rest}\n")
        assert article.text == NEW
        assert "signature" in [cut.reason for cut in article.cut]


@pytest.mark.parametrize("names", ["MsoAutoSig", "ydp12ab yahoo-signature", "x_Signature"])
def test_the_signature_that_a_program_marks_is_cut(names: str) -> None:
    html = f"<p>{NEW}</p><div class='{names}'>Ann Vance<br>Upper Marsh Ferry</div>"
    assert mail(html, kind="html").text == NEW


@pytest.mark.parametrize(
    "text",
    [
        f"{NEW}\n\nBest regards,\nAnn Vance",
        f"Thanks\n{NEW * 2}\nAsk bob@ferry.example.",
        "Thời gian: 17/02/2026\nTừ: 8 giờ\nĐến: 17 giờ\nĐịa điểm: bến phà Cửa Lạch",
        "时间：2026年2月17日\n地点：渡口\n日期：待定\n内容：开会",
        "On Monday the town wrote to the ferry: it must leave at nine.\n\nIt did.",
        "The keeper wrote:\n\nI am tired.",
        "柯明在书中写道：\n\n渡口冷清。",
        "The list:\n\n-----\n\nten chairs\n\n-----\n\none lamp",
        "This is a confidential matter of the council.\n\nPlease keep it so.",
    ],
)
def test_what_only_looks_like_an_older_mail_stays(text: str) -> None:
    assert mail(text).text == text


def test_flowed_text_is_joined_at_its_spaces() -> None:
    text = "The ferry leaves \nat nine.\nA line.\n\n> Old \n> words\n\n-- \nAnn\n"
    article = mail(text, format="flowed")
    assert article.text == "The ferry leaves at nine.\nA line."
    assert ("> Old words", "quoted") in [(cut.line, cut.reason) for cut in article.cut]
    assert mail("渡口 \n冷清。\n", format="flowed", delsp="yes").text == "渡口冷清。"


def test_wrapped_lines_of_a_mail_are_joined() -> None:
    text = (
        "The ferry across the Linh river was built in the year 1931 by Arthur\n"
        "Cole and his brother.\n\n"
        "灵江渡口建于一九三一年，由柯家兄弟二人出资修建，他们在前一年把磨坊卖\n给了上马镇。\n"
    )
    assert mail(text).text.split("\n\n") == [
        "The ferry across the Linh river was built in the year 1931 by Arthur Cole and his "
        "brother.",
        "灵江渡口建于一九三一年，由柯家兄弟二人出资修建，他们在前一年把磨坊卖给了上马镇。",
    ]


LINES = st.sampled_from(
    ["a", "> b", "", "-- ", "From: a@b", "Sent: x", "To: y", "Subject: z", "_____"]
) | st.sampled_from(
    ["On 1/2/2026 12:00 A wrote:", "\ue0f0", "\ue0f1", "\ue0f2", "\ue0f3", "\ue0f4", "\ue0f5"]
)


@given(st.lists(LINES, max_size=20), st.sampled_from(["Re: a", "Fwd: a"]))
def test_every_line_is_kept_or_cut(lines: list[str], subject: str) -> None:
    found = own_words("\n".join(lines), subject)
    kept = [line for line in found.text.split("\n") if line.strip() not in ("", "--")]
    told = (line for line in lines if line.strip() not in ("", "--") and line < "\ue0f0")
    wanted = sorted(line.strip("> ") for line in told)
    assert sorted(line.strip("> ") for line in [*kept, *(cut.line for cut in found.cut)]) == wanted
