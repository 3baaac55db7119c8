"""Documents that cost more than they may, in a server that goes on."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from embeddings import Encoder
from tests.integration.api.jobs.server import Server, file, make_home, texts_in

pytestmark = pytest.mark.slow


def long_page() -> bytes:
    """Return a small archive of a page of 4 MB, which takes seconds and is in no way faulty."""
    paragraphs = "".join(
        f"<p>Paragraph {n} of a page is like all others.</p>" for n in range(80_000)
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("page.html", f"<title>Long</title>{paragraphs}")
    return packed.getvalue()


def test_a_document_that_costs_too_much_is_named_and_others_are_stored(
    tmp_path: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = make_home(tmp_path, encoder)
    monkeypatch.setenv("TAMNGU_READ_LIMITS", "cpu_s=1 cpu_s_per_mb=1")
    server = Server(home)
    texts = ["Salt was sold.", "Rice was bought."]
    files = [file("1.txt", texts[0]), file("2.zip", long_page()), file("3.txt", texts[1])]
    ended = server.wait(server.upload("some", files)["id"])
    server.stop()
    assert ended["state"] == "done"
    assert ended["progress"]["done"] == ended["progress"]["total"]
    (rejection,) = ended["rejections"]
    assert rejection["where"] == "2.zip!page.html"
    assert rejection["reason"].startswith("it takes more than ")
    assert rejection["reason"].endswith(" s of computing")
    assert rejection["count"] == 1
    assert texts_in(home, "some", encoder) == sorted(texts)


def test_a_job_is_cancelled_while_a_document_is_parsed(tmp_path: Path, encoder: Encoder) -> None:
    home = make_home(tmp_path, encoder)
    server = Server(home)
    job = server.upload("some", [file("1.zip", long_page()), file("2.txt", "Salt was sold.")])
    server.wait(job["id"], lambda job: job["state"] == "running")
    server.client.post(f"/v1/jobs/{job['id']}/cancel")
    ended = server.wait(job["id"])
    # The processes of the cancelled job leave nothing behind that the next one could stumble over.
    again = server.wait(server.upload("some", [file("2.txt", "Salt was sold.")])["id"])
    server.stop()
    assert (ended["state"], ended["progress"]["added"]) == ("cancelled", 0)
    assert again["result"]["added"] == 1


@pytest.mark.parametrize("limits", ["cpu=1", ".pdf:cpu_s=none"])
def test_a_server_with_limits_that_make_no_sense_does_not_start(
    tmp_path: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch, limits: str
) -> None:
    home = make_home(tmp_path, encoder)
    monkeypatch.setenv("TAMNGU_READ_LIMITS", limits)
    with pytest.raises(AssertionError, match=f"TAMNGU_READ_LIMITS: '{limits}' is not a limit"):
        Server(home)
