"""The ``tamngu`` command."""

from rag.cli.main import main, run

__all__ = ["main", "run"]
