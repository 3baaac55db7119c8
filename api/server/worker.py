"""A server process: the application with its model, made where it is going to run."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from tamngu.cli.options import chat_model, load

if TYPE_CHECKING:
    from fastapi import FastAPI


LAST_S = 5
"""Seconds that requests are given to end when the service does."""


@dataclass(frozen=True)
class Worker:
    """Makes the application; may be sent to another process before.

    Attributes:
        home: of all collections.
        collection: the one asked when a request names none.
        model: name of the encoder.
        abstain_below: see :class:`api.service.Answering`.
        chat: address of a chat model, None for none.
        host: where the service listens.
    """

    home: Path
    collection: str
    model: str
    abstain_below: float
    chat: str | None
    host: str

    def app(self) -> FastAPI:
        """Return the application, ready to answer at once.

        Raises:
            TamnguError: the settings cannot be, or the collection or model cannot be opened.
        """
        from api.app import create_app
        from api.service import Answering
        from api.settings import read_settings
        from rag.text.language import identify

        settings = read_settings()
        if settings.log_requests:
            _write_log()
        encoder = load(self.model)
        answering = Answering(self.abstain_below, chat_model(self.chat))
        app = create_app(
            self.home, encoder, self.collection, answering, settings, listens_at=self.host
        )
        # What is read at first use is read now, not while the first person waits.
        identify("Tamngu")
        encoder.encode_questions(["Tamngu"])
        return app

    def __call__(self) -> FastAPI:
        """Return the application inside a server process of uvicorn's, or end that process."""
        from uvicorn.config import STARTUP_FAILURE

        from embeddings import TamnguError

        try:
            app = self.app()
        except TamnguError as error:
            click.echo(f"Error: {error}", err=True)
            sys.exit(STARTUP_FAILURE)
        threading.Thread(target=_end_with_parent, daemon=True).start()
        return announced(app)


def _end_with_parent() -> None:
    """End this process when the one that started it has, however and whenever that ended."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


def announced(app: FastAPI) -> FastAPI:
    """Have streams told when a signal ends the process, before they are cut; return the same.

    To be called in the main thread, once its server handles signals.
    """
    stop = app.state.service.jobs.announce_stop
    for number in (signal.SIGINT, signal.SIGTERM):
        before: Any = signal.getsignal(number)

        def handle(received: int, frame: FrameType | None, before: Any = before) -> None:  # noqa: ANN401 - what signal gives
            stop()
            before(received, frame)

        signal.signal(number, handle)
    return app


def _write_log() -> None:
    """Have the lines of requests written to standard error."""
    import logging

    log = logging.getLogger("tamngu.api")
    log.addHandler(logging.StreamHandler())
    log.setLevel(logging.INFO)
