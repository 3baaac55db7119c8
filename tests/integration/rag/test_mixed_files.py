"""Many files of all kinds, by a real process in a terminal; TAMNGU_MIXED=5000 makes them more."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
import termios
import threading
import time
from pathlib import Path

import pytest

from tests.file_kinds import KINDS
from tests.integration.rag.versions import LANGUAGES, make_version
from tests.process_tree import descendants, proportional_anonymous_mb, proportional_mb

pytestmark = pytest.mark.slow

FILES = int(os.environ.get("TAMNGU_MIXED", "65"))

LARGEST_MB = 2000
"""Memory that the process and its readers have to stay below, whatever the number of files. Loading
and running the model takes about half of it."""


def write_files(folder: Path, count: int) -> None:
    folder.mkdir()
    for n in range(count):
        ending, write = KINDS[n % len(KINDS)]
        article = make_version(f"{LANGUAGES[n % 3]}-{n}", 1, most_sentences=16)
        (folder / f"{n}{ending}").write_bytes(write(article))


class Terminal:
    """Runs a command whose standard error is a terminal, and keeps what it shows there."""

    def __init__(self, *words: str) -> None:
        ours, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, (24, 100))
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=theirs, text=True)
        os.close(theirs)
        self._shown = b""
        self._peak_mb = self._peak_anonymous_mb = 0.0
        self._reader = threading.Thread(target=self._read, args=(ours,))
        self._reader.start()
        self._watcher = threading.Thread(target=self._watch)
        self._watcher.start()

    def _read(self, ours: int) -> None:
        try:
            while data := os.read(ours, 65536):
                self._shown += data
        except OSError:
            # The error of a terminal on Linux when its other end is closed.
            pass
        finally:
            os.close(ours)

    def _watch(self) -> None:
        """Remember the largest memory of the process and of those that it has started."""
        while own := proportional_mb(self.process.pid):
            started = list(descendants(self.process.pid))
            self._peak_mb = max(self._peak_mb, own + sum(map(proportional_mb, started)))
            anonymous = sum(map(proportional_anonymous_mb, (self.process.pid, *started)))
            self._peak_anonymous_mb = max(self._peak_anonymous_mb, anonymous)
            time.sleep(0.1)

    def end(self) -> tuple[int, str, str, float, float]:
        """Return exit code, output, what was shown, and the largest memory in MB.

        The last value is the largest memory that is no file's: the system gives the memory of
        mapped files to other programs when they need it.
        """
        assert self.process.stdout is not None
        with self.process.stdout as output:
            printed = output.read()
        # A process that has ended and was not waited for yet has no memory.
        self._watcher.join()
        self._reader.join()
        shown = self._shown.decode()
        return self.process.wait(), printed, shown, self._peak_mb, self._peak_anonymous_mb


def test_files_of_all_kinds_are_ingested_in_bounded_memory(tmp_path: Path) -> None:
    write_files(tmp_path / "in", FILES)
    started = time.monotonic()
    code, printed, shown, peak_mb, anonymous_mb = Terminal(
        *(str(Path(sys.executable).with_name("tamngu")), "ingest", str(tmp_path / "in")),
        *("--home", str(tmp_path / "home"), "--json"),
    ).end()
    took_s = time.monotonic() - started
    report = json.loads(printed)
    broken = FILES // len(KINDS)
    assert (report["added"], len(report["rejected"])) == (FILES - broken, broken)
    assert code == 1
    assert shown.count("Skipped ") == broken
    assert "Traceback" not in shown
    assert peak_mb < LARGEST_MB
    if report["took_s"] > 5:
        assert re.search(r"\d+%\|", shown)
    sys.stdout.write(
        f"\n{FILES:,} files, {report['passages']:,} passages: {took_s:.0f} s, {peak_mb:.0f} MB, "
        f"{anonymous_mb:.0f} MB of it no file's\n"
    )
