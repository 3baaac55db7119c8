"""A real HTTP server that speaks both forms of the rerank protocol."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = tuple[int, bytes]


class RerankServer:
    """Answers with the items of ``replies``, and then with how many words texts share."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.replies: list[Reply] = []
        self.change: Callable[[Any], object] = lambda answer: answer
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                server.requests.append({"path": self.path, **body})
                server.headers.append({k.lower(): v for k, v in self.headers.items()})
                status, content = server.reply(self.path, body)
                self.send_response(status)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def reply(self, path: str, body: dict[str, Any]) -> Reply:
        if self.replies:
            return self.replies.pop(0)
        if path == "/v1/rerank":
            answer: object = {"model": body["model"], "results": _jina(body)}
        elif path == "/rerank":
            answer = _tei(body)
        else:
            return 404, b"no such path"
        return 200, json.dumps(self.change(answer)).encode()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _jina(body: dict[str, Any]) -> list[dict[str, Any]]:
    scored = _scored(body["query"], body["documents"])[: body["top_n"]]
    return [
        {"index": index, "relevance_score": score, "document": {"text": body["documents"][index]}}
        for index, score in scored
    ]


def _tei(body: dict[str, Any]) -> list[dict[str, Any]]:
    assert body["raw_scores"] is False
    return [{"index": i, "score": score} for i, score in _scored(body["query"], body["texts"])]


def _scored(query: str, texts: list[str]) -> list[tuple[int, float]]:
    """Return the share of the query's words that each text has, best first."""
    asked = set(query.split())
    shares = [len(asked & set(text.split())) / max(1, len(asked)) for text in texts]
    return sorted(enumerate(shares), key=lambda pair: -pair[1])
