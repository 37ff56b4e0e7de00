"""The laws of the build that a machine can check: who imports whom, budgets, edges."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import pytest
from importlinter.cli import lint_imports

from notifier.registry import names as channels
from scrapers.registry import sources
from service.reading.publishers import Registry

Node = TypeVar("Node", bound=ast.AST)

ROOT = Path(__file__).parents[1]
PACKAGES = ("service", "scrapers", "notifier", "migrations")

MODULE_LINES, FUNCTION_LINES = 300, 40
LONG_FUNCTIONS = {  # what may be longer, up to where, and why; nothing may pass 60
    "service/cli/subscribe.py:subscribe": 45,  # its options, a line each, handed on one by one
}
CLOCK = {  # where the time of day is asked; everywhere else it is passed in
    "notifier/channels/mail.py": "the date of a mail",
    "notifier/posting.py": "when a message is posted, which stands under its signature",
    "scrapers/fetch.py": "when a page was fetched",
    "service/cli/backup.py": "when a backup was made",
    "service/cli/demo.py": "a demo is about now",
    "service/cli/sources.py": "a source that is read live is asked about today",
    "service/cli/subscribe.py": "a subscription ends in the time to come",
    "service/cli/subscriptions.py": "a snooze ends in the time to come",
    "service/ops/doctor.py": "how far this clock is from the database's",
    "service/schedule.py": "the work of the night is done an hour after a start, too",
    "service/traces.py": "when a span began and ended",
    "service/web/means.py": "an alert may end in the time to come",
    "service/demo/run.py": "when a release was put up",
    "service/demo/server.py": "when it was first shown",
    "service/demo/sink.py": "when a message came in",
}
ENVIRONMENT = {
    "service/config.py": "reads it",
    "service/demo/run.py": "hands on to the service it starts what is not ours",
}


@cache
def parsed() -> dict[str, ast.Module]:
    """Every module of ours by its path; a migration, once released, is frozen text."""
    found = (path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    return {
        path.relative_to(ROOT).as_posix(): ast.parse(path.read_text("utf-8"))
        for path in found
        if "versions" not in path.parts
    }


def nodes(kind: type[Node]) -> Iterator[tuple[str, Node]]:
    for path, tree in parsed().items():
        yield from ((path, node) for node in ast.walk(tree) if isinstance(node, kind))


def settings() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def called(tree: ast.AST, *names: str) -> bool:
    """Whether an expression such as ``datetime.now`` stands anywhere in ``tree``."""
    return any(
        isinstance(node, ast.Attribute) and ast.unparse(node) in names for node in ast.walk(tree)
    )


def test_every_import_contract_is_kept() -> None:
    assert lint_imports(str(ROOT / "pyproject.toml"), no_cache=True, no_logo=True) == 0


def test_a_module_that_nobody_placed_fails_the_build() -> None:
    contracts = settings()["tool"]["importlinter"]["contracts"]
    layered = [each for each in contracts if "containers" in each]
    placed = {container for each in layered for container in each["containers"]}
    assert all(each["exhaustive"] for each in layered)
    assert placed >= {"service", "scrapers", "notifier"}


def test_every_package_of_the_wheel_is_under_contract() -> None:
    tool = settings()["tool"]
    packages = set(tool["hatch"]["build"]["targets"]["wheel"]["packages"])
    found = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert set(tool["importlinter"]["root_packages"]) == packages == found == set(PACKAGES)


def test_a_module_has_at_most_three_hundred_lines() -> None:
    tests = (str(each.relative_to(ROOT)) for each in (ROOT / "tests").rglob("*.py"))
    paths = (*parsed(), *tests)
    lengths = {path: len((ROOT / path).read_text("utf-8").splitlines()) for path in paths}
    assert {path: lines for path, lines in lengths.items() if lines > MODULE_LINES} == {}


def test_a_function_has_at_most_forty_lines_unless_it_is_listed() -> None:
    functions: list[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]
    functions = [*nodes(ast.FunctionDef), *nodes(ast.AsyncFunctionDef)]
    lengths = {
        f"{path}:{node.name}": (node.end_lineno or 0) - node.lineno + 1 for path, node in functions
    }
    long = {name for name, lines in lengths.items() if lines > FUNCTION_LINES}
    assert long <= LONG_FUNCTIONS.keys()
    assert [name for name in long if lengths[name] > LONG_FUNCTIONS[name]] == []


def test_the_clock_is_asked_at_the_edges_only() -> None:
    asking = {
        path
        for path, tree in parsed().items()
        if called(tree, "datetime.now", "datetime.utcnow", "datetime.today", "date.today",
                  "time.time", "time.time_ns")
    }  # fmt: skip
    assert asking == CLOCK.keys()


def test_the_environment_is_read_in_one_place() -> None:
    reading = {
        path
        for path, tree in parsed().items()
        if called(tree, "os.environ", "os.environb", "os.getenv")
    }
    assert reading == ENVIRONMENT.keys()


def test_everything_is_caught_in_one_place_only() -> None:
    broad = [
        path
        for path, handler in nodes(ast.ExceptHandler)
        if handler.type is None
        or {"Exception", "BaseException"} & set(ast.unparse(handler.type).strip("()").split(", "))
    ]
    assert broad == ["service/work.py"]
    assert [path for path, call in nodes(ast.Call) if _suppresses_everything(call)] == []


def _suppresses_everything(call: ast.Call) -> bool:
    return ast.unparse(call.func).endswith("suppress") and any(
        ast.unparse(each) in {"Exception", "BaseException"} for each in call.args
    )


def test_no_source_is_treated_by_its_name() -> None:
    assert [path for path, node in nodes(ast.Compare) if _asks_for_a_source(node)] == []


def _asks_for_a_source(node: ast.Compare) -> bool:
    sides = [node.left, *node.comparators]
    named = any(ast.unparse(side).rpartition(".")[2] == "source_id" for side in sides)
    return named and any(
        isinstance(part, ast.Constant) and isinstance(part.value, str)
        for side in sides
        for part in ast.walk(side)
    )


def test_one_line_is_printed_and_that_by_main() -> None:
    printing = [path for path, call in nodes(ast.Call) if ast.unparse(call.func) == "print"]
    assert printing == ["service/__main__.py"]


def test_the_script_of_the_command_loads_nothing_before_it_is_called() -> None:
    """Every process beside a worker loads it again, and keeps what it loads."""
    module = settings()["project"]["scripts"]["pabal"].partition(":")[0]
    loaded = f"import sys, {module}; print([e for e in sys.modules if e.startswith('service.')])"
    ran = subprocess.run([sys.executable, "-c", loaded], capture_output=True, check=True)
    assert ran.stdout.split() == [b"[]"]


def test_tests_patch_nothing() -> None:
    patching = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "tests").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if (isinstance(node, ast.Import) and any("mock" in each.name for each in node.names))
        or (isinstance(node, ast.ImportFrom) and "mock" in (node.module or ""))
        or (
            isinstance(node, ast.Attribute)
            and node.attr == "setattr"
            and ast.unparse(node) == "monkeypatch.setattr"
        )
    ]
    assert patching == []


def test_every_channel_has_its_recorded_message() -> None:
    folders = {each.parent.name for each in (ROOT / "tests" / "channels").glob("*/expected.json")}
    assert folders == set(channels())


@pytest.mark.parametrize("source_id", sources())
def test_the_publisher_of_a_source_is_in_the_registry(source_id: str) -> None:
    publisher = sources()[source_id].publisher
    assert publisher is None or Registry.load().by_id(publisher).name
