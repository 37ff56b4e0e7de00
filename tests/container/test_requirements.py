"""The pinned packages: exact, with hashes, complete, and from wherever pip is told to look."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
RUNTIME = [
    *PROJECT["dependencies"],
    *(each for name in EXTRAS if name not in {"dev", "apprise"} for each in EXTRAS[name]),
]
_PIN = (
    r"[a-z0-9.-]+==[A-Za-z0-9.!+]+(?: ; [^/\\]+)? \\\n(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+"
)
_COMMENT = r" *#[^/]*\n"


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def pins(name: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9.-]+)==(\S+)", text(name), re.MULTILINE))


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_a_list_is_hashed_pins_and_names_no_place_to_fetch_from(name: str) -> None:
    assert re.fullmatch(rf"(?:{_PIN}|{_COMMENT}|\n)+", text(name))


@pytest.mark.parametrize(
    ("name", "declared"),
    [("requirements.txt", RUNTIME), ("requirements-dev.txt", [*RUNTIME, *EXTRAS["dev"]])],
)
def test_every_declared_package_is_pinned_as_declared(name: str, declared: list[str]) -> None:
    pinned = pins(name)
    for each in map(Requirement, declared):
        assert each.specifier.contains(pinned[canonicalize_name(each.name)]), each


def test_the_tests_run_on_the_versions_that_the_service_gets() -> None:
    assert pins("requirements.txt").items() <= pins("requirements-dev.txt").items()
