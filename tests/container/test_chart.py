"""The Helm chart says what the program understands; where helm is, it is linted and rendered.

``make chart`` brings a real helm and Kubernetes' own schemas; without them two tests skip.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from service.__main__ import app
from service.app import ROLES
from service.config import Settings
from service.ops.backup import new_file

ROOT = Path(__file__).parents[2]
CHART = ROOT / "deploy/helm/pabal"
VALUES = yaml.safe_load((CHART / "values.yaml").read_text("utf-8"))
ABOUT = yaml.safe_load((CHART / "Chart.yaml").read_text("utf-8"))
COMMANDS: Any = typer.main.get_command(app)
FETCHED = ROOT / ".venv/chart/helm"
EVERYTHING = (
    "ingress.enabled=true,web.autoscaling.enabled=true,worker.replicas=3,backup.enabled=true,"
    "backup.claim=kept,settings.BOUNCES_MAILBOX=imaps://user@mail.example.org/INBOX"
)


def helm(*arguments: str) -> str:
    found = FETCHED if FETCHED.exists() else shutil.which("helm")
    if found is None:
        pytest.skip("helm is not here: make chart")
    ran = subprocess.run([found, *arguments], check=False, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def test_its_settings_are_settings() -> None:
    named = {*VALUES["settings"], *VALUES["secret"]["settings"]}
    assert named <= {field.upper() for field in Settings.model_fields}


def test_it_and_the_newest_changes_are_of_the_version_that_pyproject_names() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    changes = re.findall(
        r"^## \[(\d[^]]*)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE
    )

    assert ABOUT["version"] == ABOUT["appVersion"] == changes[0] == version


def test_every_role_has_a_size_and_may_be_scaled_by_itself() -> None:
    for role in ROLES:
        assert VALUES[role]["replicas"] >= 1
        assert VALUES[role]["resources"]["limits"]["memory"]


def test_a_backup_clears_away_what_a_killed_one_left(tmp_path: Path) -> None:
    template = (CHART / "templates/backup.yaml").read_text("utf-8")
    command = re.search(r"- \|\n((?: {18}\S.*\n)+)", template)
    assert command is not None
    with new_file(tmp_path / "pabal-20260301T000000Z.zip"):
        (alive,) = tmp_path.glob("*.part")
        left = alive.with_name(alive.name.replace("01T", "02T"))
        others = [tmp_path / "pabal-20260228T000000Z.zip", tmp_path / "other.part"]
        for old in (left, *others):
            old.touch()
            os.utime(old, (0, 0))
        pabal = tmp_path / "bin/pabal"
        pabal.parent.mkdir()
        pabal.write_text('#!/bin/sh\necho "$@"\n', "utf-8")
        pabal.chmod(0o755)
        ran = subprocess.run(
            ["sh", "-c", command[1].replace("/backup", str(tmp_path))],
            env=os.environ | {"PATH": f"{pabal.parent}:{os.environ['PATH']}"},
            check=True, capture_output=True, text=True,
        )  # fmt: skip

        assert re.fullmatch(rf"backup {tmp_path}/pabal-\d{{8}}T\d{{6}}Z\.zip\n", ran.stdout)
        assert set(tmp_path.iterdir()) == {alive, *others, pabal.parent}


def test_it_is_linted_without_a_warning() -> None:
    assert "0 chart(s) failed" in helm("lint", "--strict", str(CHART))


@pytest.mark.parametrize("chosen", ["", EVERYTHING])
def test_every_pod_is_confined_and_leaves_in_order(chosen: str) -> None:
    rendered = helm("template", "x", str(CHART), *(("--set", chosen) if chosen else ()))
    made = [each for each in yaml.safe_load_all(rendered) if each]
    pods = [each["spec"]["template"]["spec"] for each in made if each["kind"] == "Deployment"]
    pods += [
        each["spec"]["jobTemplate"]["spec"]["template"]["spec"]
        for each in made
        if each["kind"] == "CronJob"
    ]

    assert len(pods) == len(ROLES) + bool(chosen)
    for pod in pods:
        (container,) = pod["containers"]
        assert pod["automountServiceAccountToken"] is False
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert container["resources"]["limits"]["memory"]
        name, *arguments = container.get("args", ["backup", "-"])
        COMMANDS.commands[name].make_context(name, [*arguments])
    assert {each["spec"]["podSelector"]["matchLabels"]["app.kubernetes.io/component"]
            for each in made if each["kind"] == "NetworkPolicy"} >= set(ROLES)  # fmt: skip
