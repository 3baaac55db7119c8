"""The web app's files: what is sent for each path, and the page that loads them."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable

from api.auth.scopes import ASSETS

_MEDIA = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
"""Media types of the files that are served; licences and the like are not."""

_LIBRARIES = {
    "preact": "vendor/preact/preact.mjs",
    "preact/hooks": "vendor/preact/hooks.mjs",
    "@preact/signals": "vendor/signals/signals.mjs",
    "@preact/signals-core": "vendor/signals/signals-core.mjs",
    "htm": "vendor/htm/htm.mjs",
}
"""The names by which modules import the vendored libraries, and their files."""

_ENTRY = "app.js"

_STYLES = "styles/"

_IMPORT = re.compile(r'^(?:import|export|\}) ?[^"\n]*from "([^"]+)";|^import "([^"]+)";', re.M)
"""A static import of our own modules; they have one form, which a test holds."""


@dataclass(frozen=True)
class WebFile:
    """A file as it is sent.

    Attributes:
        content: its bytes.
        media: its media type.
        tag: its entity tag, a hash of the content.
    """

    content: bytes
    media: str
    tag: str


@dataclass(frozen=True)
class WebApp:
    """All files of the web app.

    Attributes:
        page: the page that loads the others.
        script_hash: of the one inline script of the page, for its policy: ``sha256-...``.
        assets: the other files by their paths. All paths have a hash of all files in them, so what
            is at a path never changes.
    """

    page: WebFile
    script_hash: str
    assets: dict[str, WebFile]


def read_web_app() -> WebApp:
    """Return the web app that is installed."""
    folder = files("api") / "web"
    contents = _with_one_style_sheet(dict(sorted(_walk(folder, ""))))
    whole = sha256()
    for name, content in contents.items():
        whole.update(f"{name}\0{len(content)}\0".encode())
        whole.update(content)
    base = f"{ASSETS}{whole.hexdigest()[:16]}"
    imports = {name: f"{base}/{file}" for name, file in _LIBRARIES.items()}
    import_map = json.dumps({"imports": imports}, separators=(",", ":"))
    page = (folder / "index.html").read_text(encoding="utf-8")
    for name, value in (
        ("importmap", import_map),
        ("preloads", _lines('<link rel="modulepreload" href="{}">', base, _imported(contents))),
        ("assets", base),
    ):
        page = page.replace(f"{{{name}}}", value)
    return WebApp(
        page=_file(page.encode(), "text/html; charset=utf-8"),
        script_hash=f"sha256-{b64encode(sha256(import_map.encode()).digest()).decode()}",
        assets={
            f"{base}/{name}": _file(content, _MEDIA[_ending(name)])
            for name, content in contents.items()
        },
    )


def _walk(folder: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
    """Yield the paths and contents of the files that are served."""
    for each in folder.iterdir():
        name = prefix + each.name
        if each.is_dir():
            yield from _walk(each, f"{name}/")
        elif _ending(name) in _MEDIA:
            yield name, each.read_bytes()


def _with_one_style_sheet(contents: dict[str, bytes]) -> dict[str, bytes]:
    """Put the style sheets together, in the order of their names.

    Nothing is drawn before all of them are there, so they are one file for the browser.
    """
    sheets = [content for name, content in contents.items() if name.startswith(_STYLES)]
    others = {name: each for name, each in contents.items() if not name.startswith(_STYLES)}
    return {**others, "styles.css": b"\n".join(sheets)}


def _imported(contents: dict[str, bytes]) -> list[str]:
    """Return all modules that the entry imports, and those that these import.

    A browser that is told of them fetches them at once, and not one after another as it finds their
    names.
    """
    found = [_ENTRY]
    for name in found:
        text = contents[name].decode()
        # Libraries import one another, but by names that are in the list already.
        targets = [] if name.startswith("vendor/") else _IMPORT.findall(text)
        for target in (one or other for one, other in targets):
            path = _LIBRARIES.get(target) or _joined(name, target)
            if path not in found:
                found.append(path)
    return [*found[1:], _LIBRARIES["@preact/signals-core"]]


def _joined(importer: str, target: str) -> str:
    """Return the path of a module that another one imports.

    >>> _joined("ask/page.js", "../parts/html.js"), _joined("app.js", "./ask/page.js")
    ('parts/html.js', 'ask/page.js')
    """
    parts = importer.split("/")[:-1]
    for part in target.split("/"):
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def _lines(form: str, base: str, names: list[str]) -> str:
    return "\n".join(form.format(f"{base}/{name}") for name in names)


def _ending(name: str) -> str:
    return name[name.rfind(".") :]


def _file(content: bytes, media: str) -> WebFile:
    return WebFile(content, media, sha256(content).hexdigest()[:32])
