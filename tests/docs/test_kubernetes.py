"""The Kubernetes manifests name commands, variables, files and ports that exist."""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from api.settings import Settings
from rag.cluster.settings import read_settings
from tamngu.cli.main import tamngu

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "deploy" / "kubernetes"


def manifests() -> list[dict[str, Any]]:
    files = (FOLDER / f"{name}.yaml" for name in ("serve", "ingest", "network"))
    return [each for file in files for each in yaml.safe_load_all(file.read_text("utf-8"))]


def of_kind(*kinds: str) -> list[dict[str, Any]]:
    return [each for each in manifests() if each["kind"] in kinds]


def pods() -> list[dict[str, Any]]:
    return [each["spec"]["template"]["spec"] for each in of_kind("Deployment", "Job")]


@pytest.mark.parametrize("pod", pods(), ids=lambda pod: str(pod["containers"][0]["name"]))
def test_a_container_runs_a_command_that_exists(pod: dict[str, Any]) -> None:
    (container,) = pod["containers"]
    name, *words = container["args"]
    command = tamngu.get_command(click.Context(tamngu), name)
    assert command is not None
    command.make_parser(click.Context(command)).parse_args(list(words))
    variables = {each["name"] for each in container["env"]}
    known = {f"TAMNGU_SERVE_{field.upper()}" for field in Settings.model_fields}
    pages = (ROOT / "docs" / "guides" / "command-line.md", ROOT / "Dockerfile")
    said = " ".join(page.read_text("utf-8") for page in pages)
    known |= set(re.findall(r"TAMNGU_[A-Z_]+", said)) | {"PGPASSWORD"}
    assert variables <= known
    assert container["image"].rpartition(":")[2] == version("tamngu")


@pytest.mark.parametrize("pod", pods(), ids=lambda pod: str(pod["containers"][0]["name"]))
def test_what_is_mounted_is_there_and_may_be_written(pod: dict[str, Any]) -> None:
    (container,) = pod["containers"]
    mounts = {each["name"]: each for each in container["volumeMounts"]}
    assert set(mounts) == {each["name"] for each in pod["volumes"]}
    assert container["securityContext"]["readOnlyRootFilesystem"]
    written = {each["mountPath"] for each in mounts.values() if not each.get("readOnly")}
    assert written == {"/data", "/tmp"}
    user = re.search(r"--uid (\d+)", (ROOT / "Dockerfile").read_text("utf-8"))
    assert user is not None
    assert pod["securityContext"]["runAsUser"] == int(user[1])


def test_the_service_reaches_the_port_of_the_image() -> None:
    (container,) = of_kind("Deployment")[0]["spec"]["template"]["spec"]["containers"]
    (port,) = container["ports"]
    assert f"EXPOSE {port['containerPort']}" in (ROOT / "Dockerfile").read_text("utf-8")
    (service,) = of_kind("Service")
    labels = of_kind("Deployment")[0]["spec"]["template"]["metadata"]["labels"]
    assert service["spec"]["selector"] == labels
    assert service["spec"]["ports"][0]["targetPort"] == port["name"]


def test_the_parts_are_found_where_the_charts_put_them() -> None:
    settings = read_settings(FOLDER / "cluster.toml")
    values = yaml.safe_load((FOLDER / "postgres-values.yaml").read_text("utf-8"))
    initial = values["cluster"]["initdb"]
    name = values["fullnameOverride"]
    expected = f"postgresql://{initial['owner']}@{name}-rw:5432/{initial['database']}"
    assert settings.catalog == expected
    for pod in pods():
        secret = pod["containers"][0]["env"][-1]["valueFrom"]["secretKeyRef"]
        assert secret["name"] == f"{name}-app"
