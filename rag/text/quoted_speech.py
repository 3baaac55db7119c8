"""Speech in quotation marks: which straight mark closes it, and whether its speaker is named next.

A straight mark looks the same at both ends of a quotation. Which end it is, is counted.
"""

from __future__ import annotations

import re

STRAIGHT = "\"＂'"
"""Marks that open and close quotations alike."""

CLOSING = '”’」』»"＂' + "'"
"""Marks that close a quotation; the straight ones open them too."""

_LETTER = "A-Za-z\u00c0-\u024f\u1e00-\u1eff"
# An apostrophe has letters on both sides.
_MARK = re.compile(rf"[\"＂“”]|(?<![{_LETTER}])'|'(?![{_LETTER}])")

_BEFORE_OPENING = frozenset(["", *" \n\t：:（(《"])
_BEHIND_CLOSING = frozenset(["", *" \n\t，。、；：！？）》,.;:!?)"])
"""Characters beside a straight mark that show which end of a quotation it is, if only one of them
is there. So a mark that is missing, or one too many, does not turn all others around."""

_HAN_VERB = (
    "说|說|问|問|答|称|稱|喊|(?:[说說问問答喊笑叹嘆写寫叫吼骂罵嚷哭]|感叹|感嘆|反问|反問|[他她])道"
    "|表示|指出|强调|強調|认为|認為|介绍|介紹|补充|補充|解释|解釋|坦言|透露|感慨|感叹|感嘆|反问|反問|追问|追問"
    "|呼吁|呼籲|回应|回應|回答|直言|提醒|承认|承認|嘱咐|囑咐|吩咐|告诉|告訴|宣布|宣佈|声明|聲明|评论|評論"
)
_HAN_NOT = r"\s，。：；！？、,.:;!?“”\"「」『』…"
_HAN_SPEAKER = re.compile(
    rf"\s?(?:[—–-]{{1,2}}\s?)?[^{_HAN_NOT}没沒未不拒]{{0,20}}?(?:{_HAN_VERB})[着著了]?"
    r"(?:(?:本报|本報|本台)?(?:记者|記者|我们|我們|大家|[我他她你])|道)?(?=[，。：；！？,.:;!?…\n]|\Z)"
)
"""A speaker and a verb of speech up to the next mark: 所长说， or 他告诉记者。"""

_EN_SPEAKER = re.compile(
    r"\s(?:[A-Z][\w.'’-]{0,30}\s)(?:[\w.'’-]{1,30}\s){0,4}?"
    r"(?:said|says|asked|asks|replied|answered|added|wrote|told|shouted|whispered|explained|recalled"
    r"|insisted|noted|warned|cried|continued|concluded|remarked)"
    r"(?:\s(?:him|her|them|me|us|reporters))?(?=[.,;:\n]|\Z)"
)
"""A name and a verb of speech up to the next mark: Mr Reed asked."""

_DASH_SPEAKER = re.compile(
    r"\s?[-–—]{1,2}\s?(?P<first>[^\W\d_])(?:[^\n.!?;:,]{0,60}?\s(?P<verb>nói|hỏi|đáp|kể|cho biết"
    r"|khẳng định|nhấn mạnh|chia sẻ|bày tỏ|trả lời|giải thích|cho hay|nhận định|said|asked"
    r"|added)\b)?"
)
"""A dash and the speaker behind a quotation: - ông Nam nói. Our own lists of verbs, chosen manually
from news in the three languages; not tuned."""

_HAN_GOES_ON = re.compile(r"\s?[，、；：,;:]|\s?——|[的等和与與及或][^\s。！？]")
"""What follows a quotation inside a sentence: “好！”，他说 and “加油！”的口号."""


class StraightMarks:
    """Which straight marks of a text are open, as the text is read from its beginning."""

    def __init__(self, text: str) -> None:
        """Begin before the text, where none is open."""
        self._text = text
        self._read = 0
        self._open: set[str] = set()

    def forget(self, at: int) -> None:
        """Begin a paragraph at an offset: quotations do not go on from one to the next."""
        self._read = at
        self._open.clear()

    def end_of_closers(self, start: int, end: int) -> int:
        """Return the offset behind the last mark of a run that closes something.

        The text up to there counts as read.

        Args:
            start: where a run of closing marks begins, right behind the end of a sentence.
            end: where the run ends.
        """
        self._pass(start)
        place = end
        behind = self._text[end : end + 1]
        # Nothing opens before white space or before who said it.
        if behind and not behind.isspace() and not _HAN_SPEAKER.match(self._text, end, end + 40):
            place = start
            while place < end and not self._opens(self._text[place]):
                self._close(self._text[place])
                place += 1
        for mark in self._text[start:place]:
            self._close(mark)
        self._read = place
        return place

    def _close(self, mark: str) -> None:
        self._open.discard(mark)
        if mark == "”" or mark in STRAIGHT:
            self._open.discard("“")

    def _opens(self, mark: str) -> bool:
        # Some texts open with a curly mark and close with a straight one.
        return mark in STRAIGHT and mark not in self._open and "“" not in self._open

    def _pass(self, end: int) -> None:
        for match in _MARK.finditer(self._text, self._read, end):
            mark = match[0]
            before = self._text[match.start() - 1 : match.start()] if match.start() else ""
            behind = self._text[match.end() : match.end() + 1]
            if mark == "”" or (behind in _BEHIND_CLOSING and before not in _BEFORE_OPENING):
                self._close(mark)
            elif mark == "“" or (before in _BEFORE_OPENING and behind not in _BEHIND_CLOSING):
                self._open.add(mark)
            elif mark in self._open:
                self._open.remove(mark)
            elif not before.isdigit():
                # A mark behind a digit stands for inches or minutes.
                self._open.add(mark)
        self._read = max(self._read, end)


def goes_on_in_han(text: str, end: int) -> bool:
    """Tell whether a sentence goes on behind a quotation that ends with a mark of its own.

    Args:
        text: any text.
        end: the offset behind the quotation's last mark.

    >>> goes_on_in_han("“好。”他说。", 4), goes_on_in_han("“好。”他走了。", 4)
    (True, False)
    """
    return bool(_HAN_GOES_ON.match(text, end) or _HAN_SPEAKER.match(text, end, end + 40))


def speaker_follows(text: str, end: int) -> bool:
    """Tell whether a quotation in Latin letters is followed by who said it.

    Args:
        text: any text.
        end: the offset behind the quotation's last mark.

    >>> speaker_follows("“Is it?” Mr Reed asked.", 8), speaker_follows("“It is.” Mr Reed sat.", 8)
    (True, False)
    """
    if _EN_SPEAKER.match(text, end, end + 100):
        return True
    dash = _DASH_SPEAKER.match(text, end, end + 100)
    return dash is not None and (dash["first"].islower() or dash["verb"] is not None)
