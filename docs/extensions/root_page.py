"""The directive ``root-page``: a Markdown file of the repository's root, as a page of the site.

Links of such a file start at the root; on the site they have to start at the folder of the page.
"""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

PAGES = {
    "ARCHITECTURE.md": "docs/explanation/architecture.md",
    "CHANGELOG.md": "docs/changelog.md",
    "CONTRIBUTING.md": "docs/contributing.md",
    "README.md": "docs/index.md",
}
"""Files of the root, and the pages of the site that show them."""

_LINK = re.compile(r"\]\((?!\w+:|#)([^)#]+)")


class RootPage(SphinxDirective):
    """Shows the file that its argument names."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the content of the file."""
        folder = Path(self.env.srcdir)
        file = folder.parent / self.arguments[0]
        self.env.note_dependency(file)
        page = PurePosixPath("docs", self.env.docname)

        def moved(link: re.Match[str]) -> str:
            target = PAGES.get(link[1], link[1])
            return "](" + os.path.relpath(target, page.parent)

        text = _LINK.sub(moved, file.read_text(encoding="utf-8"))
        return self.parse_text_to_nodes(text, allow_section_headings=True)


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directive."""
    app.add_directive("root-page", RootPage)
    return {"parallel_read_safe": True}
