"""The YAML that stands before a Markdown text, read so that a few lines cannot become gigabytes."""

from __future__ import annotations

import datetime
from typing import Any

import yaml

_MAX_CHARACTERS = 65_536
"""Characters of front matter. Chosen manually, not tuned."""


class _Loader(yaml.SafeLoader):
    """Reads values of plain types, without aliases.

    With them ten lines stand for a thousand million values, and a value can be in itself. Dates
    stay strings, because a day that does not exist would make the whole invalid. So does "12:30":
    YAML 1.1 takes it for a number to the base of 60, and long ones cost the square of their length.
    """

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Return the next node.

        Raises:
            YAMLError: it is an alias.
        """
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("it has aliases, which are not read")
        node: yaml.Node | None = super().compose_node(parent, index)
        return node

    def construct_int(self, node: yaml.ScalarNode) -> int | str:
        """Return a whole number; what has colons as it is written."""
        return str(node.value) if ":" in node.value else self.construct_yaml_int(node)

    def construct_float(self, node: yaml.ScalarNode) -> float | str:
        """Return a number; what has colons as it is written."""
        return str(node.value) if ":" in node.value else self.construct_yaml_float(node)


_Loader.add_constructor("tag:yaml.org,2002:int", _Loader.construct_int)
_Loader.add_constructor("tag:yaml.org,2002:float", _Loader.construct_float)
_Loader.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def front_matter(text: str) -> dict[str, Any] | None:
    """Return the names and values of YAML; None if the text has no names.

    Raises:
        ValueError: it is too long, not valid YAML, or has aliases.
    """
    if len(text) > _MAX_CHARACTERS:
        raise ValueError(f"its front matter is longer than {_MAX_CHARACTERS:,} characters")
    try:
        return _values(text)
    except RecursionError:
        raise ValueError("its front matter is nested too deeply") from None
    except (yaml.YAMLError, ArithmeticError, AttributeError, LookupError, ValueError) as error:
        # A value that is not of the type it is said to be, such as a date in month 13, gives
        # errors of all these kinds.
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise ValueError(f"its front matter is not valid YAML: {reason}") from None


def _values(text: str) -> dict[str, Any] | None:
    known = yaml.load(text, _Loader)
    if known is None:
        return {}
    if not isinstance(known, dict):
        return None
    return {
        str(name): value.isoformat() if isinstance(value, datetime.date) else value
        for name, value in known.items()
    }
