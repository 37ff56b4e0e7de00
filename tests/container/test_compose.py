"""compose.yaml is read as an engine would: what it names is there, what it runs is understood."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from service.__main__ import app
from service.app import ROLES
from service.config import from_environment

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = {name: each for name, each in SERVICES.items() if "build" in each}
COMMANDS: Any = typer.main.get_command(app)
SET = {  # in .env, where any setting may stand
    "PABAL_CONTACT": "ops@example.org",
    "PABAL_URL": "https://pabal.example.org",
    "PABAL_MAIL_SERVER": "smtps://user@mail.example.org:465",
    "PABAL_MAIL_PASSWORD": "x",
    "PABAL_MAIL_FROM": "파발 <alerts@example.org>",
}


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A directory where the script that makes the secrets has run."""
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci/secrets", tmp_path / ".ci")
    make_secrets(tmp_path)
    return tmp_path


def make_secrets(root: Path) -> None:
    subprocess.run([root / ".ci/secrets"], check=True, capture_output=True)


def test_each_role_runs_in_one_service_of_its_own() -> None:
    roles = []
    for each in OURS.values():
        name, *arguments = each["command"]
        roles += COMMANDS.commands[name].make_context(name, arguments).params["only"]
    assert sorted(roles) == sorted(ROLES)


def test_every_service_of_ours_is_confined_and_waits_for_the_database() -> None:
    for name, each in OURS.items():
        assert each["read_only"], name
        assert each["init"], name
        assert each["cap_drop"] == ["ALL"], name
        assert each["security_opt"] == ["no-new-privileges:true"], name
        assert each["depends_on"] == {"db": {"condition": "service_healthy"}}, name
        assert each["restart"] == "unless-stopped", name


def test_every_role_is_asked_for_its_health_on_the_port_that_it_is_given() -> None:
    for name, each in OURS.items():
        port = each["environment"]["PABAL_OPS_PORT"]
        assert f"('127.0.0.1', {port}," in each["healthcheck"]["test"][-1], name
        compile(each["healthcheck"]["test"][-1], name, "exec")


def test_only_the_page_is_published_and_only_to_this_machine() -> None:
    published = {name: each["ports"] for name, each in SERVICES.items() if "ports" in each}
    assert published == {"web": ["127.0.0.1:8080:8080"]}


def test_secrets_and_volumes_that_services_name_are_declared() -> None:
    for name, each in SERVICES.items():
        assert set(each.get("secrets", ())) <= set(COMPOSE["secrets"]), name
        mounted = {volume.split(":")[0] for volume in each.get("volumes", ())}
        assert mounted <= set(COMPOSE["volumes"]), name
        given = re.findall(r"/run/secrets/(\w+)", str(each["environment"]))
        assert given == each["secrets"], name


def test_the_settings_are_accepted_with_the_secrets_that_the_script_made(made: Path) -> None:
    secrets = {f"/run/secrets/{name}": each["file"] for name, each in COMPOSE["secrets"].items()}
    for each in OURS.values():
        assert each["env_file"] == [{"path": ".env", "required": False}]
        given = each["environment"].items()
        values = {name: str(value) for name, value in given if value is not None}
        values = {name: str(made / secrets.get(value, value)) if value in secrets else value
                  for name, value in values.items()}  # fmt: skip
        password = (made / COMPOSE["secrets"]["postgres_password"]["file"]).read_text()
        url = from_environment(SET | values).database_url
        assert url == f"postgresql+asyncpg://pabal:{password}@db:5432/pabal"
        assert len(password) == 48


def test_secrets_that_are_there_stay_as_they_are(made: Path) -> None:
    before = {each: each.read_text() for each in (made / "secrets").iterdir()}
    make_secrets(made)
    assert {each: each.read_text() for each in (made / "secrets").iterdir()} == before


def test_the_folder_of_secrets_is_closed_and_never_committed(made: Path) -> None:
    assert (made / "secrets").stat().st_mode & 0o077 == 0
    assert "secrets/" in (ROOT / ".gitignore").read_text().splitlines()
