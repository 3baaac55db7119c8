"""Somebody who types what a page says, from the first line to the last."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path
from subprocess import DEVNULL, PIPE, STDOUT, Popen

import httpx

from tests.docs.markdown import Block

_DOCUMENTED = "127.0.0.1:8000"
_END = "--- end of block ---"


class Reader:
    """A reader with a terminal, a second terminal for the service, and a Python session.

    Attributes:
        folder: where they are.
    """

    def __init__(self, folder: Path, shell: Popen[str]) -> None:
        """Use :func:`reading`."""
        self.folder = folder
        self._shell = shell
        self._server: Popen[str] | None = None
        self._address = _DOCUMENTED
        self._names: dict[str, object] = {"__name__": "__main__"}

    def run(self, block: Block) -> str:
        """Run a block; return what it printed.

        Raises:
            AssertionError: it failed.
        """
        text = block.text.replace(_DOCUMENTED, self._address)
        if block.kind == "python":
            return self._run_python(text, block.place)
        if text.startswith("tamngu serve"):
            self._serve(text.strip())
            return ""
        return self._run_shell(text, block.place)

    def stop(self) -> None:
        """Stop the service, as Ctrl-C does, if one runs."""
        if self._server is not None:
            self._server.send_signal(signal.SIGINT)
            printed, _ = self._server.communicate(timeout=30)
            assert self._server.returncode == 0, printed
            self._server = None

    def _run_python(self, text: str, place: str) -> str:
        printed = StringIO()
        with redirect_stdout(printed):
            exec(compile(text, place, "exec"), self._names)
        return printed.getvalue()

    def _run_shell(self, text: str, place: str) -> str:
        assert self._shell.stdin is not None
        assert self._shell.stdout is not None
        script = self.folder.parent / "block.sh"
        script.write_text(text, encoding="utf-8")
        self._shell.stdin.write(f". {script} </dev/null; echo; echo '{_END}'\n")
        self._shell.stdin.flush()
        lines: list[str] = []
        for line in self._shell.stdout:
            if line == f"{_END}\n":
                return "".join(lines)[:-1]
            lines.append(line)
        raise AssertionError(f"{place} failed:\n{text}\nIt printed:\n{''.join(lines)}")

    def _serve(self, command: str) -> None:
        self.stop()
        self._server = Popen(
            ["bash", "-c", f"exec {command} --port 0"],
            cwd=self.folder,
            env=_environment(self.folder.parent),
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=STDOUT,
            text=True,
        )
        assert self._server.stdout is not None
        line = self._server.stdout.readline()
        found = re.search(r"http://(127\.0\.0\.1:\d+)", line)
        assert found, f"{command} printed {line}"
        self._address = found[1]
        # The address is printed a moment before somebody listens there.
        with httpx.Client(transport=httpx.HTTPTransport(retries=8), timeout=30) as client:
            client.get(f"http://{self._address}/healthz").raise_for_status()


@contextmanager
def reading(folder: Path) -> Iterator[Reader]:
    """Yield a reader in a folder; whatever the reader has started ends with the block."""
    # Else curl ends well whatever the service answers.
    (folder.parent / ".curlrc").write_text("fail-with-body\n")
    with Popen(
        ["bash", "--noprofile", "--norc"],
        cwd=folder,
        env=_environment(folder.parent),
        stdin=PIPE,
        stdout=PIPE,
        stderr=STDOUT,
        text=True,
    ) as shell:
        assert shell.stdin is not None
        shell.stdin.write("set -euo pipefail\n")
        reader = Reader(folder, shell)
        try:
            yield reader
        finally:
            reader.stop()
            shell.stdin.close()


def _environment(curl_home: Path) -> dict[str, str]:
    """Return the environment after ``source .venv/bin/activate``."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "CURL_HOME": str(curl_home)}
