"""All targets by their names."""

from __future__ import annotations

from tests.fuzz.files import file_targets
from tests.fuzz.reading import reader_targets
from tests.fuzz.requests import request_targets
from tests.fuzz.target import Target
from tests.fuzz.texts import text_targets

TARGETS: dict[str, Target] = {
    target.name: target
    for target in (*reader_targets(), *text_targets(), *file_targets(), *request_targets())
}
