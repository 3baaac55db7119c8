"""Targets: the rules of texts and of questions, and the chunker with the model's tokens."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import partial

from embeddings import load_encoder
from rag.ingestion.chunking import chunk
from rag.records.new_article import make_article
from rag.text.addresses import addresses, all_stand_in
from rag.text.chinese import as_encoded, simplified, simplified_in_place
from rag.text.cleaning import clean
from rag.text.dates.grammar import dates_in, days_in
from rag.text.dates.periods import periods_in
from rag.text.dates.stated import iso_date, line_date
from rag.text.diacritics import with_diacritics
from rag.text.language import identify
from rag.text.minhash import bands, signature
from rag.text.names.matching import expansions, mentions, spelled_out
from rag.text.numbers.amounts import amounts, amounts_in_digits
from rag.text.numbers.forms import number_forms
from rag.text.numbers.numerals import numbers
from rag.text.quotation import has_stray_mark, quotations, stands_in
from rag.text.terms import terms
from rag.text.visible import visible, visible_json, visible_line
from rag.text.width import width
from tamngu.records.language import parse_tag
from tamngu.records.request import MAX_QUESTION_CHARACTERS
from tamngu.records.stream_safe import MOST_MARKS, is_non_starter, stream_safe
from tests.fuzz.passages import check_passages, check_sentences
from tests.fuzz.seeds import EN, VI, ZH
from tests.fuzz.structures import of_kind
from tests.fuzz.target import Target, must, refusal

_QUESTIONS = (
    "Ai ký hiệp định ngày 27/1/1973 ở Paris?",
    "Con bao nao tan pha mien Trung truoc tuan le cap cao APEC 2017?",
    "聯合國何時成立？二〇一九年2月，三分之二",
    "Who said “peace” on 3 March 2021 at http://a.example/b, 1.5 million USD?",
    "LHQ là gì, nhiệm kỳ 2014-2016?",
    "vi-VN",
    "2020-11-25T20:36:00+07:00",
)


def text_targets() -> list[Target]:
    """Return the targets."""
    return [
        Target("text", _seeds, of_kind("text"), lambda: _text),
        Target("question", _seeds, of_kind("text"), lambda: _question),
        Target("chunker", _seeds, of_kind("markdown"), _chunker),
    ]


def _seeds() -> Sequence[bytes]:
    return [each.encode() for each in (f"{VI}\n\n{ZH}\n{EN}", *_QUESTIONS)]


def _decoded(data: bytes) -> str:
    """Return an input as a text; it may have unpaired surrogates, as JSON may."""
    return data.decode("utf-8", "surrogatepass" if b"\xed" in data else "replace")


def _text(data: bytes) -> Hashable:
    try:
        given = _decoded(data)
    except UnicodeDecodeError:
        return "no text"
    text = clean(given)
    must(text == clean(text), "cleaning twice gives another text")
    must(_longest_run(text) <= MOST_MARKS, "a run of combining marks is too long")
    text.encode()
    spans = check_sentences(text)
    found = identify(text)
    for language in ("vi", "zh", "en", found.code):
        terms(text, language)
        must(bool(as_encoded(text, language)) == bool(text), "nothing is encoded")
    must(len(simplified_in_place(text)) == len(text), "simplifying in place moves the text")
    simplified(text)
    must(all(isinstance(each, int) for each in bands(signature(text))), "bands")
    for show in (visible, visible_line, visible_json):
        show(given).encode()
    addresses(text)
    must(all_stand_in(text, text), "addresses of a text do not stand in it")
    for quotation in quotations(text):
        must(stands_in(quotation, text), "a quotation does not stand in its text")
    has_stray_mark(text)
    must(width(text) >= 0, "a width")
    return (found.code, len(spans).bit_length())


def _longest_run(text: str) -> int:
    longest = run = 0
    for character in text[:20_000]:
        run = run + 1 if is_non_starter(character) else 0
        longest = max(longest, run)
    return longest


def _question(data: bytes) -> Hashable:
    try:
        text = clean(stream_safe(_decoded(data)[:MAX_QUESTION_CHARACTERS]))
    except UnicodeDecodeError:
        return "no text"
    outcome: list[Hashable] = [refused(partial(parse_tag, text[:100]))]
    outcome.append(iso_date(text[:200]) is None)
    outcome.append(line_date(text[:300]) is None)
    for language in ("vi", "zh", "en"):
        expansions(text, language)
        spelled_out(text, language)
    with_diacritics(text)
    for mention in mentions(text):
        must(0 <= mention.start < mention.end <= len(text), "a name is not in its text")
    for value in amounts(text) | amounts_in_digits(text):
        must(value == value, "an amount is no number")
    numbers(text)
    outcome.append(len(periods_in(text)).bit_length())
    outcome.append(len(list(days_in(text, day_first=None))).bit_length())
    list(dates_in(text, day_first=True))
    outcome += [len(number_forms(text, each, "en")).bit_length() for each in ("vi", "zh", "en")]
    return tuple(outcome)


def refused(work: Callable[[], object]) -> str:
    """Return how work refuses its input, or that it does not."""
    try:
        work()
    except ValueError as error:
        return refusal(error)
    return "accepted"


def _chunker() -> Callable[[bytes], Hashable]:
    encoder = load_encoder()

    def run(data: bytes) -> Hashable:
        most = 1 + data[0] % 192 if data else 192
        try:
            article = make_article(data.decode("utf-8", "replace"), key="k", language="en")
        except ValueError as error:
            return refusal(error)
        passages = chunk(article, encoder.count_tokens, most)
        check_passages(article, passages, most)
        for passage in passages[:50]:
            counts = encoder.count_tokens([each.of(article.text) for each in passage.sentences])
            # A single character may have more tokens than a passage.
            must(sum(counts) <= most or len(counts) == 1, f"{counts} tokens are more than {most}")
        return len(passages).bit_length()

    return run
