"""Word documents for tests: parts that each test writes itself, in an archive."""

from __future__ import annotations

import io
import zipfile

OPEN = "http://schemas.openxmlformats.org"
NAMESPACES = " ".join(
    f'xmlns:{prefix}="{namespace}"'
    for prefix, namespace in {
        "w": f"{OPEN}/wordprocessingml/2006/main",
        "r": f"{OPEN}/officeDocument/2006/relationships",
        "m": f"{OPEN}/officeDocument/2006/math",
        "a": f"{OPEN}/drawingml/2006/main",
        "dgm": f"{OPEN}/drawingml/2006/diagram",
        "wp": f"{OPEN}/drawingml/2006/wordprocessingDrawing",
        "mc": f"{OPEN}/markup-compatibility/2006",
        "wpg": "http://schemas.microsoft.com/office/word/2010/wordprocessingGroup",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
        "w16se": "http://schemas.microsoft.com/office/word/2015/wordml/symex",
        "v": "urn:schemas-microsoft-com:vml",
    }.items()
)
_RELATION = '<Relationship Id="{}" Type="' + OPEN + '/officeDocument/2006/relationships/{}" {}/>'
_RELATIONS = f'<Relationships xmlns="{OPEN}/package/2006/relationships">{{}}</Relationships>'


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return an archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def relations(*stated: tuple[str, str, str]) -> str:
    """Return relations by their ids, kinds and targets."""
    made = (_RELATION.format(name, kind, f'Target="{part}"') for name, kind, part in stated)
    return _RELATIONS.format("".join(made))


def word_file(
    body: str, *, related: tuple[tuple[str, str, str], ...] = (), **parts: str | bytes
) -> bytes:
    """Return a document.

    Args:
        body: the XML in its body.
        related: further relations of the text: ids, kinds and targets.
        parts: what stands in parts of the folder of the text; ``styles="…"`` is what stands in the
            element ``w:styles`` of ``styles.xml``. Bytes are whole parts, whose names are written
            with ``__`` for the full stop.
    """
    files: dict[str, str] = {
        "_rels/.rels": relations(("r1", "officeDocument", "word/document.xml")),
        "word/document.xml": f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>",
    }
    whole: dict[str, bytes] = {}
    named = list(related)
    for number, (name, part) in enumerate(parts.items()):
        if isinstance(part, bytes):
            whole[f"word/{name.replace('__', '.')}"] = part
        else:
            files[f"word/{name}.xml"] = f"<w:{name} {NAMESPACES}>{part}</w:{name}>"
            named.append((f"p{number}", name, f"{name}.xml"))
    files["word/_rels/document.xml.rels"] = relations(*named)
    return zipped({name: part.encode() for name, part in files.items()} | whole)


def run(text: str, properties: str = "") -> str:
    """Return a run."""
    stated = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{stated}<w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(inside: str, properties: str = "") -> str:
    """Return a paragraph; what is no markup becomes a run."""
    runs = inside if inside.startswith("<") or not inside else run(inside)
    return f"<w:p><w:pPr>{properties}</w:pPr>{runs}</w:p>"


def style(id: str, inside: str = "", *, name: str = "", kind: str = "paragraph") -> str:
    """Return a style."""
    names = f'<w:name w:val="{name or id}"/>'
    return f'<w:style w:type="{kind}" w:styleId="{id}">{names}{inside}</w:style>'


def cell(*inside: str, properties: str = "") -> str:
    """Return a cell; what is no markup becomes a paragraph."""
    blocks = "".join(each if each.startswith("<") else paragraph(each) for each in inside)
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{blocks}</w:tc>"


def table(*rows: str) -> str:
    """Return a table; each row is its cells, or a whole row."""
    made = "".join(row if row.startswith("<w:tr>") else f"<w:tr>{row}</w:tr>" for row in rows)
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{made}</w:tbl>"
