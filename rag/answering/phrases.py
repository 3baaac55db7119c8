"""The words around the quotes of an answer, in the question's language."""

from __future__ import annotations

from rag.readers.registry import kind_of
from tamngu.records.citation import Citation

_LONGEST_TITLE = 80
"""Characters. The headings of scraped pages can be whole paragraphs."""

_NO_ANSWER = {
    "vi": "Bộ sưu tập không có câu trả lời cho câu hỏi này.",
    "zh": "资料库中没有这个问题的答案。",
    "en": "The collection holds no answer to this question.",
}
_NEAREST = {
    "vi": "Những đoạn gần nhất:",
    "zh": "最接近的段落：",
    "en": "The nearest passages:",
}
_DISAGREEMENT = {
    "vi": "Các nguồn nói khác nhau:",
    "zh": "各来源说法不一：",
    "en": "The sources disagree:",
}
_ATTRIBUTION = {
    "vi": "Theo {who}{when}: ",
    "zh": "根据{who}{when}：",
    "en": "According to {who}{when}: ",
}
_TITLE = {"vi": "“{title}”", "zh": "《{title}》", "en": "“{title}”"}
_WHEN = {"vi": " ({date})", "zh": "（{date}）", "en": " ({date})"}


def no_answer(language: str) -> str:
    """Return the sentence for a question without an answer; English for other languages.

    >>> no_answer("zh")
    '资料库中没有这个问题的答案。'
    """
    return _of(_NO_ANSWER, language)


def nearest(language: str) -> str:
    """Return the words before quotes that may not answer the question."""
    return _of(_NEAREST, language)


def disagreement(language: str) -> str:
    """Return the words before answers that contradict each other."""
    return _of(_DISAGREEMENT, language)


def attribution(language: str, citation: Citation, source: str | None) -> str:
    """Return the words before a quote: its source, and when it was published.

    The name of a file, which is the source of what states none, says nothing to a reader.
    """
    if source and kind_of(source):
        source = None
    title = citation.title.strip()
    if len(title) > _LONGEST_TITLE:
        title = title[: _LONGEST_TITLE - 1].rstrip() + "…"
    named = _of(_TITLE, language).format(title=title)
    who = f"{source}, {named}" if source and language != "zh" else f"{source or ''}{named}"
    date = (citation.published_at or "")[:10]
    when = _of(_WHEN, language).format(date=date) if date else ""
    return _of(_ATTRIBUTION, language).format(who=who, when=when)


def _of(phrases: dict[str, str], language: str) -> str:
    return phrases.get(language, phrases["en"])
