"""The first question to a service waits for nothing that later ones do not wait for."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from embeddings.options import PACKAGED_MODEL
from reading.load import PACKAGED_READER
from tests.waiting import PATIENCE_S

_PROGRAM = """
import json, sys
from pathlib import Path
from fastapi.testclient import TestClient
from api.server.worker import Worker

home, model, reader = sys.argv[1:]
app = Worker(Path(home), "sample", model, reader, None, None, "127.0.0.1").app()
opened = []

def note(event, arguments):
    if event == "open" and isinstance(arguments[0], str):
        opened.append(arguments[0])

with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 50000)) as client:
    assert client.get("/readyz").status_code == 200
    loaded = set(sys.modules)
    sys.addaudithook(note)
    long = "Con bao nao tan pha mien Trung ngay truoc tuan le cap cao APEC 2017 o Da Nang?"
    for question in ("Who chairs ASEAN?", "Ai chu tri hoi nghi?", "东盟秘书处在哪里？", long):
        response = client.post("/v1/ask", json={"question": question})
        assert response.status_code == 200, response.text
    found = {"modules": sorted(set(sys.modules) - loaded), "files": list(opened)}
print(json.dumps(found))
"""


def test_nothing_is_loaded_by_the_first_questions(sample_home: Path) -> None:
    words = [sys.executable, "-c", _PROGRAM, str(sample_home), PACKAGED_MODEL, PACKAGED_READER]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=PATIENCE_S)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    own = ("embeddings", "reading", "rag", "tamngu", "numpy", "faiss", "tantivy", "openvino")
    assert [name for name in found["modules"] if name.split(".")[0] in own] == []
    data = (".gz", ".tsv", ".toml", ".json", ".txt", ".npz", ".ftz", ".safetensors", ".blob")
    assert [path for path in found["files"] if path.endswith(data)] == []
