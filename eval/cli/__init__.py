"""``tamngu eval``, brought to the command line by an entry point."""

from eval.cli.main import evaluate

__all__ = ["evaluate"]
