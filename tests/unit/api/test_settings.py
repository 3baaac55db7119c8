from __future__ import annotations

from pathlib import Path

import pytest

from api.settings import BadSettings, Settings, read_settings

DOCUMENT = Path(__file__).parents[3] / "docs" / "guides" / "serve.md"


def test_the_documentation_lists_every_setting() -> None:
    lines = DOCUMENT.read_text(encoding="utf-8").splitlines()
    documented = [line for line in lines if line.startswith("| `TAMNGU_SERVE_")]
    shown = {(): "none", True: "yes", False: "no"}
    assert documented == [
        f"| `TAMNGU_SERVE_{name.upper()}` | "
        f"{field.default if type(field.default) in (int, float) else shown[field.default]} | "
        f"{field.description} |"
        for name, field in Settings.model_fields.items()
    ]


def test_the_environment_comes_before_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "serve.toml"
    file.write_text('threads = 3\nqueue = 5\ncors_origins = ["https://a.example"]\n')
    monkeypatch.setenv("TAMNGU_SERVE_CONFIG", str(file))
    monkeypatch.setenv("TAMNGU_SERVE_QUEUE", "7")
    found = read_settings()
    assert (found.threads, found.queue) == (3, 7)
    assert found.cors_origins == ("https://a.example",)
    monkeypatch.setenv("TAMNGU_SERVE_CORS_ORIGINS", "https://b.example, https://c.example")
    assert read_settings().cors_origins == ("https://b.example", "https://c.example")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("THREADS", "0"),
        ("QUEUE", "many"),
        ("TIMEOUT_S", "-1"),
        ("CONFIG", "/nowhere.toml"),
    ],
)
def test_the_error_names_the_invalid_setting(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"TAMNGU_SERVE_{name}", value)
    with pytest.raises(BadSettings, match=name):
        read_settings()


@pytest.mark.parametrize("content", [b"threads = ", b"\xff", b"a = " + b"[" * 5000])
def test_a_file_that_is_no_toml_is_refused(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "serve.toml"
    file.write_bytes(content)
    monkeypatch.setenv("TAMNGU_SERVE_CONFIG", str(file))
    with pytest.raises(BadSettings, match="Cannot read the file that TAMNGU_SERVE_CONFIG names"):
        read_settings()


def test_a_file_with_an_unknown_line_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "serve.toml"
    file.write_text("treads = 3\n")
    monkeypatch.setenv("TAMNGU_SERVE_CONFIG", str(file))
    with pytest.raises(BadSettings, match="TREADS"):
        read_settings()
