"""The documentation site, built by Sphinx: ``make docs`` writes it to ``site/``."""

from __future__ import annotations

import re
import sys
from importlib.metadata import version as version_of
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.domains.python._object import PyObject

sys.path.insert(0, str(Path(__file__).parent / "extensions"))

project = "Tamngu"
author = "The Tamngu authors"
copyright = f"2026, {author}"  # noqa: A001
version = release = version_of("tamngu")

extensions = [
    "command_line",
    "http_api",
    "myst_parser",
    "root_page",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
]
source_suffix = {".md": "markdown"}
exclude_patterns = ["examples"]

html_theme = "furo"
html_title = f"Tamngu {release}"
html_copy_source = False
html_static_path = ["static"]
html_css_files = ["site.css"]
html_theme_options = {
    "top_of_page_buttons": [],
    "light_css_variables": {
        "color-brand-primary": "#9a3412",
        "color-brand-content": "#9a3412",
    },
    "dark_css_variables": {
        "color-brand-primary": "#fdba74",
        "color-brand-content": "#fdba74",
    },
}

myst_enable_extensions = ["alert", "colon_fence"]
myst_heading_anchors = 4

# The retrievers can be described without the libraries that they are for.
autodoc_mock_imports = ["haystack", "langchain_core", "llama_index"]
autoclass_content = "both"
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autodoc_type_aliases = {name: name for name in ("Keys", "Progress", "Vectors")}
autodoc_preserve_defaults = True
maximum_signature_line_length = 100
napoleon_numpy_docstring = False
napoleon_use_ivar = True
python_use_unqualified_type_names = True
python_display_short_literal_types = True

_LIMITS = re.compile(
    r"~?(?:typing\.)?Annotated\[(.*?)(?:, ~?(?:annotated_types\.)?(?:Ge|Le|MaxLen)\([^)]*\))+\]"
)


_ALIAS = re.compile(r"~?TypeAliasForwardRef\('(\w+)'\)")


def _readable(
    _app: Sphinx,
    _what: str,
    _name: str,
    _documented: object,
    _options: object,
    signature: str | None,
    returns: str | None,
) -> tuple[str, str | None] | None:
    """Leave the limits of values out of signatures, and write aliases as they are written.

    The text below a signature says the limits in words.
    """
    if signature is None:
        return None
    returns = returns and _ALIAS.sub(r"\1", returns)
    return _ALIAS.sub(r"\1", _LIMITS.sub(r"\1", signature)), returns


def setup(app: Sphinx) -> None:
    """Make the reference of Python easier to read."""
    app.connect("autodoc-process-signature", _readable)
    for field in PyObject.doc_field_types:
        if field.name == "variable":
            # Sphinx's own word is "Variables".
            field.label = "Attributes"
