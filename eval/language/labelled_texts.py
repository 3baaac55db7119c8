"""Texts whose language is known, in sets that are scored one by one."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from eval.gold.jsonl import read_jsonl
from rag.text.data_files import tsv_rows

LANGUAGES = ("vi", "zh", "en")

_NAMES = {"vi": "Vietnamese", "zh": "Chinese", "en": "English"}
"""As the folders of Universal Dependencies call them."""

_TOPIC = ("NOUN", "PROPN", "ADJ")
_TOPIC_WORDS = 3
"""Parts of speech of which topics are made, and the words that a topic has at most."""


@dataclass(frozen=True)
class LabelledText:
    """A text and its language.

    Attributes:
        text: the text.
        languages: codes that are right.
    """

    text: str
    languages: tuple[str, ...]


TextSets = dict[str, list[LabelledText]]
"""Texts by the name of their set."""


def own_sets() -> TextSets:
    """Return the sets that come with Tamngu.

    They are the short questions in two halves, of which weights were tuned on the first one, the
    same questions in Vietnamese without diacritics, questions that are hard to tell, and the
    questions of the sample gold set.
    """
    sets: TextSets = {}
    for half, language, text in tsv_rows("eval.language", "short_questions.tsv")[1:]:
        _add(sets, f"short, {language}, {half}", text, language)
        if language == "vi":
            _add(sets, f"short, vi without diacritics, {half}", without_diacritics(text), language)
    for name, half, languages, text in tsv_rows("eval.language", "other_questions.tsv")[1:]:
        _add(sets, f"{name}, {half}", text, *languages.split())
    for question in read_jsonl(Path(__file__).parents[1] / "gold" / "sample.jsonl").questions:
        _add(sets, f"sample gold, {question.language}", question.text, question.language)
    return sets


def public_sets(data: Path, most: int) -> TextSets:
    """Return sets of XQuAD (``xquad/``) and Universal Dependencies (``ud/``), if they are there.

    They are XQuAD's questions and paragraphs, and the sentences and topics of treebanks: nouns in a
    row, with adjectives and names, of one to three words.

    Args:
        data: the folder of both.
        most: texts of a set; they are taken at even distances.
    """
    sets: TextSets = {}
    for language in LANGUAGES:
        file = data / "xquad" / f"xquad.{language}.json"
        if file.is_file():
            paragraphs = [
                paragraph
                for article in json.loads(file.read_text(encoding="utf-8"))["data"]
                for paragraph in article["paragraphs"]
            ]
            questions = [qa["question"] for paragraph in paragraphs for qa in paragraph["qas"]]
            _add_all(sets, f"XQuAD's questions, {language}", questions, language, most)
            texts = [paragraph["context"] for paragraph in paragraphs]
            _add_all(sets, f"XQuAD's paragraphs, {language}", texts, language, most)
        treebanks = sorted((data / "ud").glob(f"UD_{_NAMES[language]}-*/*.conllu"))
        lines = [
            line for file in treebanks for line in file.read_text(encoding="utf-8").split("\n")
        ]
        if lines:
            sentences = [
                line.removeprefix("# text = ") for line in lines if line[:9] == "# text = "
            ]
            _add_all(sets, f"treebank sentences, {language}", sentences, language, most)
            topics = topics_of(lines, between="" if language == "zh" else " ")
            _add_all(sets, f"treebank topics, {language}", topics, language, most)
    for name in [name for name in sets if name.endswith(", vi")]:
        for each in sets[name]:
            _add(sets, f"{name} without diacritics", without_diacritics(each.text), "vi")
    return sets


def topics_of(lines: Iterable[str], between: str) -> list[str]:
    r"""Return the topics in lines of a CoNLL-U file, each once, sorted.

    Args:
        lines: of one or more files.
        between: what stands between two words.

    >>> rows = ["1\tthe\t_\tDET", "2\tgold\t_\tNOUN", "3\tprice\t_\tNOUN", ""]
    >>> topics_of(rows, " ")
    ['gold price']
    """
    found = set()
    for run in _runs(lines):
        topic = between.join(word.replace("_", " ") for word, _ in run)
        has_noun = any(kind == "NOUN" for _, kind in run)
        if has_noun and len(run) <= _TOPIC_WORDS and any(map(str.isalpha, topic)):
            found.add(topic)
    return sorted(found)


def _runs(lines: Iterable[str]) -> Iterator[Sequence[tuple[str, str]]]:
    run: list[tuple[str, str]] = []
    for line in (*lines, ""):
        cells = line.split("\t")
        if line and (len(cells) < 4 or not cells[0].isdigit()):
            continue  # A comment, or a word that the following lines take apart.
        if line and cells[3] in _TOPIC:
            run.append((cells[1], cells[3]))
        elif run:
            yield run
            run = []


def without_diacritics(text: str) -> str:
    """Return a text as it is typed without diacritics.

    >>> without_diacritics("Đà Nẵng")
    'Da Nang'
    """
    decomposed = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(mark for mark in decomposed if not unicodedata.combining(mark))


def _add(sets: TextSets, name: str, text: str, *languages: str) -> None:
    sets.setdefault(name, []).append(LabelledText(text, languages))


def _add_all(sets: TextSets, name: str, texts: Sequence[str], language: str, most: int) -> None:
    step = max(1, -(-len(texts) // most))
    for text in islice(texts, 0, None, step):
        _add(sets, name, text, language)
