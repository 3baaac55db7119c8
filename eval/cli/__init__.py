"""``tamngu eval``, which an entry point adds to the command line."""

from eval.cli.main import evaluate

__all__ = ["evaluate"]
