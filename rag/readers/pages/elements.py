"""Elements of resiliparse's trees: found, walked through and made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from resiliparse.parse.html import ElementNode, HTMLTree, Node


def elements(tree: HTMLTree, tags: str) -> list[ElementNode]:
    """Return the elements of a page's body that have one of some tags, in order.

    They are walked through: for each element that a selector finds, resiliparse climbs to the root.

    Args:
        tree: the page.
        tags: names of elements, with spaces between them.
    """
    if tree.body is None:
        return []
    wanted = frozenset(tags.split())
    return [cast("ElementNode", node) for node in tree.body if node.tag in wanted]


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
