"""The documents are complete and true: what is there is described, what they print works."""

import json
import re
import runpy
import tomllib
from collections.abc import Iterator
from typing import Any, get_args

import pytest
import yaml

from notifier import registry as channels
from scrapers import registry as declared
from scrapers.errors import TROUBLES, Trouble
from service.config import Settings
from service.demo import view
from service.demo.ledger import Ledger
from service.demo.papers import Papers
from service.judging.taxonomy import subjects
from service.pulse.model import FindingKind
from service.store import alarms
from tests.bench import page as benchmarks
from tests.printed import COMMAND, README, ROOT, TEXTS, rows, section

LISTED = {"scrapers/sources", "notifier/channels"}
"""Rooms whose modules have tables of their own: one declaration a file."""
FIVE = {"httpx", "beautifulsoup4", "apscheduler", "sqlalchemy", "pytest"}
TABLES = runpy.run_path(str(ROOT / ".ci/tables.py"))


def names(text: str) -> set[str]:
    """What the first cells of a table name in backticks."""
    return {name for cells in rows(text) for name in re.findall(r"^`(.+?)`", cells[0])}


def commands(group: Any, path: tuple[str, ...] = ("pabal",)) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name)


@pytest.mark.parametrize("field", Settings.model_fields)
def test_every_setting_says_what_it_is_for_in_korean_then_in_english(field: str) -> None:
    told = " ".join((Settings.model_fields[field].description or "").split())
    korean, _, english = told.partition(" / ")

    assert re.search("[가-힣]", korean)
    assert re.search("[a-z]", english)


def test_the_table_of_settings_has_no_other() -> None:
    known = {f"PABAL_{name.upper()}" for name in Settings.model_fields}

    assert names(section("README.md", "설정")) == known


def test_the_table_of_commands_is_the_commands() -> None:
    table = names(section("README.md", "명령"))

    assert table == {" ".join(path) for path in commands(COMMAND)}


@pytest.mark.parametrize("page", TABLES["DOCUMENTS"])
def test_the_tables_that_follow_from_declarations_do(page: str) -> None:
    assert "<!-- made by make docs: " in TEXTS[page]
    assert TABLES["made"](TEXTS[page]) == TEXTS[page], "make docs"


def test_every_source_channel_and_topic_is_in_its_table() -> None:
    assert all(f"| `{name}` |" in TEXTS["docs/sources.md"] for name in declared.sources())
    assert names(section("README.md", "채널")) == set(channels.names())
    assert names(section("docs/glossary.md", "분야")) == {*subjects()}


def test_the_ledger_that_is_shown_has_the_lines_of_a_ledger() -> None:
    shown = re.findall(r"^│ (.*?) +│ +[^│]+ │$", README, re.MULTILINE)

    feed, calendar = b"<feed/>", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
    lines = [*view._rows(Ledger()), *Papers((), feed, calendar).shown()]
    assert shown == [label for label, _ in lines]


def test_the_ops_items_that_are_told_are_marked() -> None:
    text = (ROOT / "docs/operating.md").read_text("utf-8")
    assert set(re.findall(r"^\| `([\w-]+)` ⚑ \|", text, re.MULTILINE)) == set(alarms._RINGS)


def test_every_kind_of_ops_item_has_its_advice() -> None:
    source = "".join(path.read_text("utf-8") for path in ROOT.glob("service/**/*.py"))
    kinds = set(re.findall(r'ops\.note\(\s*\w+,\s*"([\w-]+)"', source))

    assert kinds
    assert names(section("docs/operating.md", "살펴볼 것")) == kinds | set(get_args(FindingKind))


def test_every_trouble_of_a_source_has_its_advice_and_its_words() -> None:
    cells = [row[0] for row in rows(section("docs/operating.md", "출처의 맥박"))]
    named = [name for cell in cells for name in re.findall(r"`([\w-]+)`", cell)]

    assert sorted(named) == sorted(get_args(Trouble))
    assert set(TROUBLES) == set(named)


def test_the_page_of_benchmarks_is_made_of_what_was_measured() -> None:
    made = benchmarks.pages(json.loads(benchmarks.RESULTS.read_text("utf-8")))

    # After a change: python -m tests.bench.page
    assert {path: (ROOT / "docs" / path).read_text("utf-8") for path in made} == made


def test_every_module_has_its_line_in_the_architecture() -> None:
    folders = ("scrapers", "notifier", "service", "migrations")
    modules = {path.relative_to(ROOT) for room in folders for path in ROOT.glob(f"{room}/**/*.py")}
    wanted = {
        path.as_posix()
        for path in modules
        if path.name != "__init__.py" and path.parent.as_posix() not in LISTED
    }

    assert names(section("docs/architecture.md", "The rooms")) - {"service/__init__.py"} == wanted


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    needed = [*project["dependencies"], *project["optional-dependencies"]["embedded"]]
    named = {re.match(r"[\w-]+", each)[0] for each in needed}  # type: ignore[index]
    reasons = {
        name
        for cells in rows(TEXTS["docs/adr/0006-dependencies.md"])
        for name in re.findall(r"`([\w-]+)`", cells[0])
    }

    assert named - reasons <= FIVE


@pytest.mark.parametrize("page", TEXTS)
def test_every_command_that_is_named_is_there(page: str) -> None:
    known = {" ".join(path[1:]) for path in commands(COMMAND)} | {"COMMAND"}
    for named in re.findall(r"`pabal ([^`]+)`", TEXTS[page]):
        assert any(f"{named} ".startswith(f"{each} ") for each in known), named


@pytest.mark.parametrize("page", TEXTS)
def test_every_make_target_that_is_named_is_there(page: str) -> None:
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([\w-]+)", TEXTS[page], re.MULTILINE))

    assert named <= targets


@pytest.mark.parametrize("page", TEXTS)
def test_every_relative_link_leads_somewhere(page: str) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", TEXTS[page]):
        path, _, anchor = target.partition("#")
        if ":" in path:
            continue
        there = (ROOT / page).parent / path if path else ROOT / page
        assert there.exists(), target
        assert not anchor or anchor in anchors(there.read_text("utf-8")), target


def test_the_memory_that_is_named_is_what_compose_and_the_chart_give() -> None:
    composed = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]
    chart = yaml.safe_load((ROOT / "deploy/helm/pabal/values.yaml").read_text("utf-8"))
    table = {cells[0]: cells[1] for cells in rows(section("docs/operating.md", "크기와 배치"))}

    assert _megabytes(composed["db"]["mem_limit"]) == _megabytes(table["db"])
    for role in ("web", "worker", "scheduler"):
        limits = composed[role]["mem_limit"], chart[role]["resources"]["limits"]["memory"]
        assert set(map(_megabytes, limits)) == {_megabytes(table[role])}


def _megabytes(size: str) -> int:
    found = re.match(r"(\d+) ?([mMgG])", size)
    assert found, size
    return int(found[1]) * (1024 if found[2] in "gG" else 1)


def test_every_service_that_is_named_is_composed() -> None:
    compose = (ROOT / "compose.yaml").read_text("utf-8")
    named = set(re.findall(r"docker compose exec (\w+)", README))

    assert named
    assert all(f"\n  {name}:\n" in compose for name in named)


def anchors(text: str) -> set[str]:
    """Of every heading, as the forge makes them."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


@pytest.mark.parametrize("page", TEXTS)
def test_every_path_that_is_named_exists(page: str) -> None:
    rooms = "service|scrapers|notifier|migrations|tests|docs"
    named = set(re.findall(rf"`((?:{rooms})/[\w./-]*)`", TEXTS[page]))
    missing = {each for each in named if not (ROOT / each).exists()}

    assert {each for each in missing if "customs_notice" not in each} == set()


def test_every_document_is_found_from_the_readme() -> None:
    for page in TEXTS:
        assert page == "README.md" or f"]({page})" in README, page


def test_no_file_names_a_place_outside_the_project() -> None:
    strange = re.compile("/" + "work/|" + re.escape("../" + "shared"))
    found = []
    for path in ROOT.rglob("*"):
        parts = path.relative_to(ROOT).parts
        if any(part.startswith(".") and part != ".ci" for part in parts) or not path.is_file():
            continue
        if parts[:2] == ("tests", "corpus") or "__pycache__" in parts or ".egg" in str(path):
            continue
        text = path.read_bytes().decode("utf-8", "replace")
        skips = parts[0] == "tests" and "pytest.skip" in text
        if strange.search(text) and not skips:
            found.append(str(path))
    assert found == []
