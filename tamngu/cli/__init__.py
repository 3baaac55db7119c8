"""The ``tamngu`` command."""

from tamngu.cli.main import main, run

__all__ = ["main", "run"]
