"""What a model is told of arguments that a tool does not take."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult, InputRequiredResult
from pydantic import ValidationError

from api.error_responses import sentence_about

_LONGEST_NAME = 100
"""Characters of a name that an error repeats."""


class CheckedServer(MCPServer[Any]):
    """A server that says what is wrong with arguments in one sentence.

    The library passes over arguments that a tool does not have, and a condition would be lost
    without a word; and it quotes its validator's report of several lines.
    """

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        """Call a tool.

        Raises:
            ToolError: the tool does not take these arguments, or raises it.
        """
        known = {tool.name: tool.input_schema for tool in await self.list_tools()}
        if name in known:
            taken = known[name].get("properties", {})
            for given in arguments:
                if given not in taken:
                    raise ToolError(_unknown(given, taken))
        try:
            return await super().call_tool(name, arguments, context)
        except ToolError as error:
            cause = error.__cause__
            if isinstance(cause, ValidationError):
                raise ToolError(sentence_about(cause.errors()[0])) from error
            # What a tool says of itself needs no words of the library before it.
            if type(error) is ToolError and isinstance(cause, ToolError):
                raise ToolError(str(cause)) from error
            raise


def _unknown(given: str, taken: Iterable[str]) -> str:
    """Return the sentence about an argument that a tool does not have."""
    near = get_close_matches(given, taken, 1)
    proposed = f"did you mean {near[0]!r}?" if near else f"it takes {', '.join(taken)}."
    return f"There is no argument {given[:_LONGEST_NAME]!r}; {proposed}"
