"""The directive ``http-api``: the routes of the service and the records that they use.

They are described by the same OpenAPI document that a running service has at ``/openapi.json``.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from docutils import nodes
from fastapi import FastAPI
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from api.app import ROUTERS
from api.requests import AskBody, SearchBody

METHODS = ("get", "post", "put", "patch", "delete")

INHERITING = {each.__name__: each for each in (AskBody, SearchBody)}
"""Records whose fields are described where they are inherited from."""

_ATTRIBUTE = re.compile(r"^    (\w+): (.*(?:\n {8}.*)*)", re.MULTILINE)

Schema = Mapping[str, Any]


def openapi() -> dict[str, Any]:
    """Return the OpenAPI document of the service, without starting one."""
    app = FastAPI(title="Tamngu")
    for router in ROUTERS:
        app.include_router(router)
    return app.openapi()


class HttpApi(SphinxDirective):
    """Shows the routes by subject, then the records."""

    def run(self) -> list[nodes.Node]:
        """Return sections for the subjects and one for the records."""
        text = "\n".join(described(openapi()))
        return self.parse_text_to_nodes(text, allow_section_headings=True)


def described(document: Schema) -> Iterator[str]:
    """Yield lines of Markdown that describe an OpenAPI document."""
    subjects: dict[str, list[str]] = {}
    for path, operations in document["paths"].items():
        for method in METHODS:
            if method in operations:
                operation = operations[method]
                subject = operation.get("tags", ["other"])[0]
                subjects.setdefault(subject, []).extend(_operation(method, path, operation))
    for subject, lines in subjects.items():
        title = {"openai": "OpenAI's API"}.get(subject, subject.capitalize())
        yield from [f"## {title}", "", *lines]
    yield from ["## Records", ""]
    for name, schema in sorted(document["components"]["schemas"].items()):
        yield from [f"### {name}", "", *_paragraphs(schema), *_fields(name, schema)]


def _operation(method: str, path: str, operation: Schema) -> Iterator[str]:
    yield from [f"### {method.upper()} {path}", "", *_paragraphs(operation)]
    rows = [
        (f"`{each['name']}`", each["in"], _type(each["schema"]), each.get("description", ""))
        for each in operation.get("parameters", [])
    ]
    if rows:
        yield from _table(("parameter", "in", "type", ""), rows)
    for kind, body in operation.get("requestBody", {}).get("content", {}).items():
        yield from [f"Body: `{kind}`, {_type(body.get('schema', {}))}", ""]
    answers = [
        (status, kind and f"`{kind}`", _type(body["schema"]) if body.get("schema") else "")
        for status, response in operation["responses"].items()
        for kind, body in (response.get("content") or {"": {}}).items()
        if status.startswith(("1", "2", "3"))
    ]
    yield from _table(("status", "content", "record"), answers)


def _fields(record: str, schema: Schema) -> Iterator[str]:
    required = schema.get("required", [])
    texts = _attributes(record, schema)
    rows = [
        (
            f"`{name}`",
            _type(field),
            "required" if name in required else _default(field),
            texts.get(name, ""),
        )
        for name, field in schema.get("properties", {}).items()
    ]
    yield from _table(("field", "type", "", ""), rows) if rows else [_type(schema), ""]


def _attributes(record: str, schema: Schema) -> dict[str, str]:
    """Return what the docstring of a record says of its fields, by their names in JSON."""
    if record not in INHERITING:
        return dict(_ATTRIBUTE.findall(_plain(schema.get("description", ""))))
    kind = INHERITING[record]
    name_of: Any = kind.__pydantic_config__["alias_generator"]
    return {
        name_of(name): text
        for each in reversed(kind.__mro__)
        for name, text in _ATTRIBUTE.findall(_plain(inspect.getdoc(each) or ""))
    }


def _paragraphs(described: Schema) -> Iterator[str]:
    """Yield the paragraphs of a description; fields and examples of it are shown elsewhere."""
    text = _plain(described.get("description", ""))
    yield from [re.split(r"^(?:Attributes:|>>>)", text, maxsplit=1, flags=re.MULTILINE)[0], ""]


def _plain(text: str) -> str:
    """Replace references to Python names by the last part of the name, as code."""
    return re.sub(r":\w+:`~?(?:[\w.]*\.)?(\w+)`", r"`\1`", text)


def _default(field: Schema) -> str:
    value = field.get("default")
    return "" if value is None else f"default `{json.dumps(value, ensure_ascii=False)}`"


def _type(schema: Schema) -> str:
    """Return a type in words; records are links to their sections."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "const" in schema:
        return f"`{json.dumps(schema['const'], ensure_ascii=False)}`"
    if "enum" in schema:
        return " or ".join(f"`{json.dumps(each, ensure_ascii=False)}`" for each in schema["enum"])
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            return " or ".join(dict.fromkeys(_type(each) for each in schema[key]))
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return " ".join([schema.get("format") or schema.get("type", "any"), *_bounds(schema)])


def _bounds(schema: Schema) -> Iterator[str]:
    for key, words in (("minimum", "≥"), ("maximum", "≤"), ("maxLength", "length ≤")):
        if key in schema:
            yield f"{words} {schema[key]}"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table; a last column in which nothing stands is left out."""
    if not any(row[-1] for row in rows):
        heads, rows = heads[:-1], [row[:-1] for row in rows]
    yield f"| {' | '.join(heads)} |"
    yield f"|{' --- |' * len(heads)}"
    for row in rows:
        cells = [" ".join(cell.split()).replace("|", "\\|") for cell in row]
        yield f"| {' | '.join(cells)} |"
    yield ""


def _write(app: Sphinx, error: Exception | None) -> None:
    if error is None:
        text = json.dumps(openapi(), ensure_ascii=False, indent=1)
        Path(app.outdir, "openapi.json").write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directive, and write the document itself beside the pages."""
    app.add_directive("http-api", HttpApi)
    app.connect("build-finished", _write)
    return {"parallel_read_safe": True}
