"""Hostile Word documents: what is wrapped, counted, noted, or stands on something else."""

from __future__ import annotations

from tests.hostile.repeating import Generator
from tests.word_file import cell, paragraph, run, style, table, word_file

_DEEP = 120
"""Elements inside one another; libxml2 ends at 256."""

_BEGIN, _SEPARATE = (
    f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate")
)
_IN_LIST = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{}"/></w:numPr>'
_LEVEL = '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:lvlText w:val="{}"/></w:lvl>'


def _definition(*levels: str) -> str:
    return f'<w:abstractNum w:abstractNumId="0">{"".join(levels)}</w:abstractNum>'


def _list(number: int) -> str:
    return f'<w:num w:numId="{number}"><w:abstractNumId w:val="0"/></w:num>'


def _body(unit: str) -> Generator:
    """Return what repeats a unit in the body, after a paragraph."""
    return lambda n: word_file(paragraph("a") + unit * (n // len(unit.encode())))


def _styles_on_one_another(n: int) -> bytes:
    names = range(n // 120)
    styles = (style(f"s{i}", f'<w:basedOn w:val="s{i + 1}"/>') for i in names)
    used = (paragraph("a", f'<w:pStyle w:val="s{i}"/>') for i in names)
    return word_file("".join(used), styles="".join(styles))


def _long_labels(n: int) -> bytes:
    numbering = _definition(_LEVEL.format("a" * (n // 2))) + _list(1)
    return word_file(paragraph("a", _IN_LIST.format(1)) * (n // 160), numbering=numbering)


def _lists_of_one_definition(n: int) -> bytes:
    count = n // 250
    numbering = _definition(_LEVEL.format("%1.") * count) + "".join(map(_list, range(1, count)))
    body = "".join(paragraph("a", _IN_LIST.format(number)) for number in range(1, count))
    return word_file(body, numbering=numbering)


def _marks_of_one_note(n: int) -> bytes:
    mark = '<w:r><w:footnoteReference w:id="1"/></w:r>'
    note = f'<w:footnote w:id="1">{paragraph("a" * (n // 2))}</w:footnote>'
    return word_file(paragraph(mark) * (n // 120), footnotes=note)


def _notes_in_notes(n: int) -> bytes:
    mark = '<w:r><w:footnoteReference w:id="{}"/></w:r>'
    notes = (
        f'<w:footnote w:id="{i}">{paragraph(run("a") + mark.format(i + 1))}</w:footnote>'
        for i in range(n // 150)
    )
    return word_file(paragraph(run("a") + mark.format(0)), footnotes="".join(notes))


def _chunks(n: int) -> bytes:
    chunk = f"<p>{'a ' * (n // 4)}</p>".encode()
    related = (("c", "aFChunk", "c.html"),)
    body = paragraph("a") + '<w:altChunk r:id="c"/>' * (n // 60)
    return word_file(body, related=related, c__html=chunk)


def _tables_in_tables(n: int) -> bytes:
    inner = table(*[cell("c") + cell("d")] * (n // 250))
    for _ in range(_DEEP // 3):
        inner = table(cell("a" * 50) + cell(inner, ""))
    return word_file(inner)


def _in_one_another(opening: str, closing: str, inside: str) -> Generator:
    def generate(n: int) -> bytes:
        unit = opening * _DEEP + inside + closing * _DEEP
        return word_file(paragraph("a") + paragraph(unit) * (1 + n // len(unit)))

    return generate


_DELETED = '<w:rPr><w:del w:id="1"/></w:rPr>'
_OPEN_RESULT = paragraph(_BEGIN + _SEPARATE + run("a"))

WORD_DOCUMENTS: dict[str, tuple[str, Generator]] = {
    name: (".docx", generate)
    for name, generate in {
        "word: insertions in one another": _in_one_another("<w:ins>", "</w:ins>", run("a")),
        "word: controls in one another": _in_one_another("<w:sdt>", "</w:sdt>", run("a")),
        "word: boxes in one another": _in_one_another(
            "<w:txbxContent><w:p>", "</w:p></w:txbxContent>", run("a")
        ),
        "word: roots in one another": _in_one_another(
            "<m:oMath><m:rad>", "</m:rad></m:oMath>", "<m:t>a</m:t>"
        ),
        "word: fields that do not end": _body(_OPEN_RESULT + paragraph(_BEGIN)),
        "word: fields in one another": _body(_BEGIN + _SEPARATE),
        "word: paragraphs without their marks": _body(paragraph("a", _DELETED)),
        "word: signs in one run": lambda n: word_file(
            paragraph(
                '<w:r><w:rPr><w:rFonts w:ascii="Symbol"/></w:rPr>'
                + "<w:t>\uf061</w:t>" * (n // 14)
                + "</w:r>"
            )
        ),
        "word: styles on one another": _styles_on_one_another,
        "word: long labels": _long_labels,
        "word: many lists of one definition": _lists_of_one_definition,
        "word: many marks of one note": _marks_of_one_note,
        "word: notes in notes": _notes_in_notes,
        "word: a document taken in many times": _chunks,
        "word: tables in tables": _tables_in_tables,
        "word: boxes": _body(
            paragraph(
                f"<w:r><w:pict><w:txbxContent>{paragraph('a')}</w:txbxContent></w:pict></w:r>"
            )
        ),
    }.items()
}
