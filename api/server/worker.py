"""A server process: the application and its model, made in the process that will run it."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from api.server.connections import report_briefly
from reading.load import NO_READER
from tamngu.cli.loading import chat_model, load
from tamngu.cli.reader import ready_reader
from tamngu.cli.terminal import VisibleFormatter, echo, prepare_output

if TYPE_CHECKING:
    from fastapi import FastAPI

    from rag.cluster.cluster import Cluster


GRACE_S = 5
"""Seconds that running requests have to end when the service stops."""

_FIRST_QUESTIONS = (
    "Who chairs ASEAN in 2025?",
    "Ai chủ trì ASEAN năm 2025?",
    "2025年谁担任东盟主席国？",
    "Con bao nao tan pha mien Bac ngay truoc tuan le cap cao ASEAN 2025 o Ha Long?",
)
"""Asked before the service listens. They have a name and a year, in each of the languages. The last
one has no diacritics, and so many tokens that the encoder needs its graph for long questions."""

_EXIT_S = 1.0
"""Seconds after which a process ends whose threads do not: the server needs less to close its
connections. Chosen manually, not tuned."""


@dataclass(frozen=True)
class Worker:
    """Makes the application; it can be sent to another process, which then makes it there.

    Attributes:
        home: of all collections.
        collection: the collection of requests that name none.
        model: name of the encoder.
        reader: name of the reader; see :func:`reading.load_reader`.
        abstain_below: see :class:`api.service.Answering`.
        chat: address of a chat model; None: answers consist of quotes.
        host: address that the service listens at.
        cluster: holds the collections, in place of ``home``.
    """

    home: Path
    collection: str
    model: str
    reader: str
    abstain_below: float | None
    chat: str | None
    host: str
    cluster: Cluster | None = None

    def app(self) -> FastAPI:
        """Return the application, with everything loaded that a first request needs.

        Raises:
            TamnguError: a setting is not allowed, or the collection or a model cannot be opened.
        """
        from api.app import create_app
        from api.service import Answering
        from api.settings import read_settings
        from embeddings import TamnguError
        from rag import ask
        from rag.text.sentences import sentences

        settings = read_settings()
        if settings.log_requests:
            _write_log()
        encoder, reader = load(self.model), ready_reader(self.reader)
        answering = Answering(self.abstain_below, chat_model(self.chat))
        app = create_app(
            self.home,
            encoder,
            self.collection,
            answering,
            settings,
            listens_at=self.host,
            reader=reader or NO_READER,
            cluster=self.cluster,
        )
        # What is read, compiled or made at its first use is made here, so that no request waits for
        # it. A model that does not work ends the process here.
        encoder.encode_questions(["Tamngu"])
        if reader is not None:
            reader.read("Tamngu", ["Tamngu"])
        # A quote may be in a text with abbreviations, and the answers below may have no such quote.
        sentences("Dr. Li met Mr. An.")
        opened = app.state.service.collection(None)
        for question in _FIRST_QUESTIONS:
            # What fails here, such as a damaged passage, fails again when it is asked for.
            with suppress(TamnguError):
                ask(opened, question)
        return app

    def __call__(self) -> FastAPI:
        """Return the application inside a server process of uvicorn, or end that process."""
        from uvicorn.config import STARTUP_FAILURE

        from embeddings import TamnguError

        prepare_output()
        try:
            app = self.app()
        except TamnguError as error:
            echo(f"Error: {error}", err=True)
            sys.exit(STARTUP_FAILURE)
        threading.Thread(target=_end_with_parent, daemon=True).start()
        return with_stop_signals(app)


def _end_with_parent() -> None:
    """End this process when its parent process has ended, even if the parent was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


def _exit_soon() -> None:
    """End this process shortly, although threads of it still run."""
    timer = threading.Timer(_EXIT_S, os._exit, (0,))
    timer.daemon = True
    timer.start()


def with_stop_signals(app: FastAPI) -> FastAPI:
    """Let an application end when a signal stops the process; return the application.

    Its streams end at once, and the process ends also if a thread of it does not.

    Call this in the main thread, in the event loop, after the server has installed its own signal
    handlers. Too few files are reported briefly from then on.
    """
    asyncio.get_running_loop().set_exception_handler(report_briefly())
    stop = app.state.service.jobs.announce_stop
    app.state.when_stuck = _exit_soon
    for number in (signal.SIGINT, signal.SIGTERM):
        before: Any = signal.getsignal(number)

        def handle(received: int, frame: FrameType | None, before: Any = before) -> None:  # noqa: ANN401 - what signal gives
            stop()
            before(received, frame)

        signal.signal(number, handle)
    return app


def _write_log() -> None:
    """Write the lines about requests to standard error."""
    import logging

    log = logging.getLogger("tamngu.api")
    handler = logging.StreamHandler()
    handler.setFormatter(VisibleFormatter())
    log.addHandler(handler)
    log.setLevel(logging.INFO)
