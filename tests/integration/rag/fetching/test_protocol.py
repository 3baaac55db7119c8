"""Servers that break the protocol."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
from pathlib import Path

import httpx
import pytest

from tests.integration.rag.fetching.fetches import Serve, fetched, refused
from tests.integration.rag.site import Site, page


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A key and a self-signed certificate for ``localhost``."""
    if not (openssl := shutil.which("openssl")):
        pytest.skip("there is no openssl to make a certificate with")
    path = tmp_path / "localhost.pem"
    made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    name = ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(path)]
    certificate = subprocess.run(
        [openssl, *made, *name], check=True, capture_output=True, text=True
    ).stdout
    with path.open("a", encoding="ascii") as file:
        file.write(certificate)
    return path


def test_https_needs_a_certificate_that_somebody_vouches_for(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secured = Site(certificate=certificate)
    secured.pages["/a"] = page()
    by_name = f"https://localhost:{secured.port}/a"
    try:
        error = refused(by_name)
        assert str(error).startswith("its certificate is not valid: ")
        assert not error.temporary
        assert secured.asked == []
        vouching = ssl.create_default_context(cafile=certificate)
        monkeypatch.setattr(httpx, "create_ssl_context", lambda: vouching)
        assert fetched(by_name).content == b"<p>Hi"
        # The certificate has to be for the name, not for the address.
        assert "certificate is not valid" in str(refused(f"{secured.root}/a"))
    finally:
        secured.close()


def test_https_spoken_to_plain_http_is_an_error(site: Site) -> None:
    error = refused(site.root.replace("http:", "https:"), timeout_s=2.0)
    assert str(error).startswith("it cannot be reached (")


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"\x00" * 1000,
        b"A" * 50_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000,
        b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_what_is_no_whole_http_is_an_error(raw_server: Serve, answer: bytes) -> None:
    def talk(connection: socket.socket) -> None:
        asked = connection.recv(4096)
        if b"/robots.txt" in asked:
            connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        else:
            connection.sendall(answer)

    error = refused(f"http://127.0.0.1:{raw_server(talk)}/a")
    assert str(error).startswith("it cannot be read (")
    assert error.temporary


def test_a_port_where_nobody_listens_is_an_error(site: Site) -> None:
    site.close()
    error = refused(f"{site.root}/a")
    assert str(error) == "it cannot be reached (Connection refused)"
    assert error.temporary
