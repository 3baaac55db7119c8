"""The command ``tamngu``: one command in each module, and what the commands share."""

from tamngu.cli.main import main, run

__all__ = ["main", "run"]
