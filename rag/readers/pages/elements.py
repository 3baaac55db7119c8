"""Elements of resiliparse's trees: found, walked through and made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from resiliparse.parse.html import ElementNode, HTMLTree, Node


def elements(tree: HTMLTree, selector: str) -> list[ElementNode]:
    """Return the elements of a tree that a CSS selector selects, in order."""
    document = tree.document
    return [] if document is None else list(document.query_selector_all(selector))


def children(parent: ElementNode) -> Iterator[ElementNode]:
    """Yield the elements in another one; to count them would take the square of their number."""
    element = parent.first_element_child
    while element is not None:
        yield element
        element = element.next_element_sibling


def line_of(element: ElementNode) -> str:
    """Return the text of an element in one line."""
    return " ".join((element.text or "").split())


def new_text(tree: HTMLTree, text: str) -> Node:
    """Return a text that can be put into a tree."""
    return cast("Node", tree.create_text_node(text))


def new_element(tree: HTMLTree, tag: str, text: str) -> ElementNode:
    """Return an element with a text, which can be put into a tree."""
    element = cast("ElementNode", tree.create_element(tag))
    element.append_child(new_text(tree, text))
    return element
