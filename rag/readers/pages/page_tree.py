"""A page as resiliparse's tree, parsed in time that grows with its length only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from resiliparse.parse.html import DOMContext, HTMLTree

_MAX_DEPTH = 3000
"""Depth of nested elements. To find the main text of so many takes .1 s, and the work grows with
the square. Pages written by people have less than a hundred; trafilatura stops at 255."""

_FORMATTING = re.compile(
    r"<(/?)(?:b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)(?=[\s/>])", re.IGNORECASE
)
"""Names of the elements that a parser of HTML opens again in each block while they have no end tag
(the list of active formatting elements of the HTML standard), without ``a``, of which only one can
be open. 800 of them in 800 paragraphs take .3 s and 190 MB."""


_BOLD = re.compile(r"<(?:b|strong)(?=[\s/>])", re.IGNORECASE)


class TooDeep(ValueError):
    """The elements of a page are nested too deeply."""


def page_tree(html: str) -> HTMLTree:
    """Return a page as a tree; elements that only change how letters look are ``span`` in it.

    Those that make them bold have the attribute ``data-bold``.

    Args:
        html: the page, as :func:`rag.readers.pages.html_bounds.bounded` returns it.

    Raises:
        TooDeep: its elements are nested too deeply to be read.
    """
    from resiliparse.parse.html import HTMLTree, traverse_dom

    html = _FORMATTING.sub(r"<\1span", _BOLD.sub("<span data-bold", html))
    tree = HTMLTree.parse(html)
    # Counted in the tree: a parser ignores end tags at places that only it knows.
    if tree.body is not None and html.count("<") - html.count("</") > _MAX_DEPTH:
        traverse_dom(tree.body, _refuse_depth, elements_only=True)
    return tree


def _refuse_depth(place: DOMContext) -> None:
    if place.depth > _MAX_DEPTH:
        raise TooDeep("it is nested too deeply")
