"""A follow-up question together with what it leaves out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.text.chinese import simplified
from rag.text.follow_ups.ellipsis import Elliptical, ellipsis_of
from rag.text.follow_ups.parts import Part, PartKind, even, has_han, parts_of
from rag.text.language import identify
from rag.text.names.matching import names_in
from tamngu.records.carried import Carried

_LONGEST = 500
"""Characters of an earlier question that is looked at; a longer one asks too much to be carried
over. Chosen manually, not tuned."""

_YEAR = re.compile(r"(?:năm|nam|year|in)?\s?(?P<year>(?:1[89]|20)\d\d)\s?年?", re.IGNORECASE)
_YEAR_FORMS = {"vi": "năm {}", "zh": "{}年", "en": "in {}"}
_MARKS = " \t,，、;；:：?？.。!！"
_SPACE_BEFORE_MARK = re.compile(r"\s(?=[?？,，.。:)])")


@dataclass(frozen=True)
class FollowUp:
    """A question as it is to be searched for.

    Attributes:
        question: completed, or as it was given.
        carried: what was taken over from the earlier question.
    """

    question: str
    carried: tuple[Carried, ...] = ()


@dataclass(frozen=True)
class _Piece:
    """A piece of a completed question.

    Attributes:
        text: of the piece.
        kind: of a name or a period; None for other words.
        is_new: whether the new question says it.
    """

    text: str
    kind: PartKind | None
    is_new: bool = False


def complete(question: str, earlier: Sequence[str], without: Sequence[str] = ()) -> FollowUp:
    """Return a question with what it leaves out, taken from the questions before it.

    Args:
        question: the new one.
        earlier: the questions before it, oldest first.
        without: texts of what was carried over before and is not to be.

    >>> complete("còn năm 2019?", ["Việt Nam xuất khẩu bao nhiêu gạo năm 2020?"]).question
    'Việt Nam xuất khẩu bao nhiêu gạo năm 2019?'
    >>> complete("那印尼呢？", ["越南何时加入东盟？"]).question
    '印尼何时加入东盟?'
    >>> complete("and in 2019?", ["How much rice did Vietnam export in 2020?"]).question
    'How much rice did Vietnam export in 2019?'
    """
    before: str | None = None
    for each in earlier:
        if len(each) <= _LONGEST:
            before = each if before is None else _completed(each, before, ()).question
    return FollowUp(question) if before is None else _completed(question, before, without)


def _completed(question: str, earlier: str, without: Sequence[str]) -> FollowUp:
    if len(question) > _LONGEST:
        return FollowUp(question)
    found = ellipsis_of(even(question))
    if found is None:
        return FollowUp(question)
    before = even(earlier)
    pieces = list(_pieces(before))
    if found.kind == "other":
        pieces = _replaced(pieces, found, identify(before).code)
    else:
        pieces = _beside(pieces, found)
    refused = {even(each).casefold() for each in without}
    return _follow_up(question, pieces, refused)


def _follow_up(question: str, pieces: Sequence[_Piece], refused: set[str]) -> FollowUp:
    """Put a question together of its pieces; without those that are refused."""
    words = _words(pieces)
    kept = [piece for piece in pieces if piece.is_new or not _is_refused(piece, words, refused)]
    carried = [
        Carried(piece.text, "period" if piece.kind == "period" else "name")
        for piece in kept
        if not piece.is_new and piece.kind is not None
    ]
    if words and words.casefold() not in refused:
        carried.append(Carried(words, "words"))
    if not carried:
        return FollowUp(question)
    # A space takes the place of what is left out.
    text = "".join(piece.text if piece in kept else " " for piece in pieces)
    text = " ".join(text.split())
    if pieces[-1].text.endswith("?") and not text.endswith("?"):
        text += "?"
    return FollowUp(_SPACE_BEFORE_MARK.sub("", text), tuple(dict.fromkeys(carried)))


def _is_refused(piece: _Piece, words: str, refused: set[str]) -> bool:
    return (words if piece.kind is None else piece.text).casefold() in refused


def _words(pieces: Sequence[_Piece]) -> str:
    """Return the words of the earlier question that are neither names nor periods."""
    words = (
        piece.text.strip(_MARKS) for piece in pieces if piece.kind is None and not piece.is_new
    )
    return " ".join(filter(None, words))


def _pieces(question: str) -> Iterator[_Piece]:
    end = 0
    for part in parts_of(question):
        if part.start > end:
            yield _Piece(question[end : part.start], None)
        yield _Piece(question[part.start : part.end], part.kind)
        end = part.end
    if end < len(question):
        yield _Piece(question[end:], None)


def _replaced(pieces: Sequence[_Piece], found: Elliptical, language: str) -> list[_Piece]:
    """Return the pieces of the earlier question with the new names and periods in their places."""
    result = list(pieces)
    rest = found.rest.strip(_MARKS)
    if not found.parts:
        return [_Piece(f"{rest}: ", None, is_new=True), *result]
    for part in found.parts:
        said = found.rest[part.start : part.end]
        written = _in_language(said, part.kind, language)
        new = _Piece(written, part.kind, is_new=True)
        place = _place(result, part)
        if place is not None:
            result[place] = new
        elif part.kind == "period" and language == "zh":
            result.insert(0, new)
        else:
            alone = len(found.parts) == 1 and written == said
            result = _at_end(result, new, found.rest if alone else "")
    return result


def _in_language(text: str, kind: PartKind, language: str) -> str:
    """Return a new name or year as the earlier question's language writes it, if that is known."""
    if kind == "period":
        year = _YEAR.fullmatch(text)
        form = _YEAR_FORMS.get(language)
        is_other = year is not None and (has_han(text) != (language == "zh"))
        return form.format(year["year"]) if year and form and is_other else text
    names = names_in(text)
    if len(names) == 1 and language in names[0].forms:
        forms = names[0].forms
        own = {form.casefold() for form in forms[language]}
        if simplified(text).casefold() not in own and identify(text).code != language:
            return next(form for form in forms[language] if not form.startswith("nước "))
    return text


def _place(pieces: Sequence[_Piece], part: Part) -> int | None:
    """Return the place of what a part replaces: the last one of its kind."""
    alike: tuple[tuple[PartKind, ...], ...] = ((part.kind,),)
    if part.kind != "period":
        # A name of unknown kind takes the place of any name.
        alike = (
            ((part.kind,), ("name",), ("place", "person"))
            if part.kind == "name"
            else (
                (part.kind,),
                ("name",),
            )
        )
    for kinds in alike:
        places = [
            place for place, piece in enumerate(pieces) if piece.kind in kinds and not piece.is_new
        ]
        if places:
            return places[-1]
    return None


def _at_end(pieces: Sequence[_Piece], new: _Piece, rest: str) -> list[_Piece]:
    """Return pieces with a new one at their end, before the mark of the question.

    Args:
        pieces: of the earlier question.
        new: the new one.
        rest: the words with which the new question says it, such as "in 2019".
    """
    *others, last = pieces
    text = rest.strip(_MARKS) or new.text
    if last.kind is not None or last.is_new:
        return [*pieces, _Piece(f" {text}", new.kind, is_new=True)]
    body = last.text.rstrip(_MARKS)
    mark = last.text[len(body) :].strip()
    ended = [_Piece(body, None)] if body else []
    return [*others, *ended, _Piece(f" {text}{mark}", new.kind, is_new=True)]


def _beside(pieces: Sequence[_Piece], found: Elliptical) -> list[_Piece]:
    """Return the new question, and behind it what it needs of the earlier one."""
    has = {part.kind for part in found.parts}
    if found.asks_when:
        has.add("period")
    needed = [piece for piece in pieces if piece.kind is not None and piece.kind not in has]
    result = [_Piece(found.rest, None, is_new=True)]
    for number, piece in enumerate(needed):
        result.append(_Piece(", " if number else " (", None, is_new=True))
        result.append(piece)
    return [*result, _Piece(")", None, is_new=True)] if needed else result
