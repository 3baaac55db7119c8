"""``python -m tamngu`` is the command ``tamngu``, also where scripts are not on the search path."""

from tamngu.cli import run

run()
