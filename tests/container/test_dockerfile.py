"""No container engine runs here: the Dockerfile's steps are walked in a scratch directory."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Iterator
from fnmatch import fnmatch
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import chain
from pathlib import Path, PurePath

import pytest

from service.config import from_environment

ROOT = Path(__file__).parents[2]
ROOMS = ("service", "scrapers", "notifier", "migrations")
ELSEWHERE = {name: value for name, value in os.environ.items() if not name.startswith("PABAL_")}


def stages() -> list[list[tuple[str, str]]]:
    """The instructions of each stage with what stands behind them, continued lines joined."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    found: list[list[tuple[str, str]]] = []
    for line in re.sub(r"\s*\\\n\s*", " ", text).splitlines():
        if line.strip():
            instruction, rest = line.split(maxsplit=1)
            if instruction == "FROM":
                found.append([])
            found[-1].append((instruction, rest))
    return found


BUILD, LAST = stages()


def sent(path: str) -> bool:
    """Whether .dockerignore lets a path into the build: its last line that matches decides."""
    parts = PurePath(path).parts
    above = ["/".join(parts[: n + 1]) for n in range(len(parts))]
    kept = True
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        pattern = line.removeprefix("!")
        places, pattern = (parts, pattern[3:]) if pattern.startswith("**/") else (above, pattern)
        if not line.startswith("#") and any(fnmatch(each, pattern) for each in places):
            kept = line.startswith("!")
    return kept


def walk(scratch: Path) -> None:
    """Do what the build stage says, with ``scratch`` in place of the root directory."""
    here = scratch
    for instruction, rest in BUILD:
        if instruction == "WORKDIR":
            here = scratch / rest.lstrip("/")
            here.mkdir(parents=True)
        elif instruction == "COPY":
            *sources, target = rest.split()
            for each in sources:
                copy(each, here / target)
        elif instruction == "RUN":
            command = re.sub(r"--mount=\S+", "", rest)
            command = re.sub(r"(?<!\S)/(?=\w)", f"{scratch}/", command)
            run("sh", "-ec", command, cwd=here, PIP_COMPILE="0")  # few modules are loaded here
        else:
            assert instruction == "FROM", f"{instruction}: a step that this test cannot walk"


def copy(name: str, target: Path) -> None:
    """Copy as COPY does: a file into the directory, a directory's content to the target."""
    if (ROOT / name).is_file():
        shutil.copy(ROOT / name, target)
        return

    def left_out(folder: str, names: list[str]) -> list[str]:
        inside = PurePath(folder).relative_to(ROOT)
        return [each for each in names if not sent(str(inside / each))]

    shutil.copytree(ROOT / name, target, ignore=left_out)


def run(*command: str, cwd: Path, **more: str) -> str:
    """Run with the interpreter of the tests first on the path; return what was printed."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**ELSEWHERE, "PATH": path, **more}
    done = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built() -> Iterator[Path]:
    """The root directory as the build stage leaves it; not kept, as it is large."""
    with tempfile.TemporaryDirectory(prefix="pabal-image-") as scratch:
        walk(Path(scratch))
        yield Path(scratch)


def test_everything_that_is_copied_lies_in_the_build_context() -> None:
    copied = [rest.split()[:-1] for instruction, rest in BUILD if instruction == "COPY"]
    assert copied
    for each in chain.from_iterable(copied):
        assert (ROOT / each).exists(), each
        assert sent(each), f".dockerignore keeps {each} back"


@pytest.mark.parametrize(
    "path",
    [
        ".git/config",
        ".venv/bin/python",
        "secrets/database_url",
        "tests/conftest.py",
        "service/web/__pycache__/app.cpython-311.pyc",
    ],
)
def test_what_the_image_is_not_made_of_stays_out_of_the_context(path: str) -> None:
    assert not sent(path)


def test_the_last_stage_installs_nothing_and_takes_the_environment_alone() -> None:
    commands = " ".join(rest for instruction, rest in LAST if instruction == "RUN")
    assert not re.search(r"\b(apt|apt-get|apk|pip|gcc|cc|make)\b", commands)
    assert [rest for instruction, rest in LAST if instruction == "COPY"] == [
        "--from=build /opt/venv /opt/venv"
    ]


def test_the_service_runs_as_an_account_that_the_image_made() -> None:
    steps = [instruction for instruction, _ in LAST]
    (user,) = [rest for instruction, rest in LAST if instruction == "USER"]
    uid = user.split(":")[0]
    assert int(uid) >= 1000
    assert f"--uid {uid} " in dict(LAST)["RUN"]
    assert steps.index("USER") > steps.index("RUN")
    assert json.loads(dict(LAST)["ENTRYPOINT"]) == ["pabal"]


def test_the_image_sets_only_what_the_settings_accept() -> None:
    values = dict(re.findall(r'(\w+)=("[^"]*"|\S+)', dict(LAST)["ENV"]))
    settings = from_environment({k: v for k, v in values.items() if k.startswith("PABAL_")})
    assert (settings.host, str(settings.port)) == ("0.0.0.0", dict(LAST)["EXPOSE"])
    assert f"{settings.data} " in f"{dict(LAST)['RUN']} ", "the data directory is made"


class Page(BaseHTTPRequestHandler):
    """Answers /readyz with the status that its server was given."""

    status = 200

    def do_GET(self) -> None:
        self.send_response(self.status if self.path == "/readyz" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(params=[200, 503])
def page(request: pytest.FixtureRequest) -> Iterator[HTTPServer]:
    answering = type("Answering", (Page,), {"status": request.param})
    with HTTPServer(("127.0.0.1", 0), answering) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_the_health_check_passes_exactly_where_the_page_is_ready(page: HTTPServer) -> None:
    (_, program) = dict(LAST)["HEALTHCHECK"].split(" CMD ")
    command = [
        each.replace("8080", str(page.server_port)).replace("python", sys.executable, 1)
        for each in json.loads(program)
    ]
    ready = page.RequestHandlerClass.__dict__["status"] == 200
    assert subprocess.run(command, check=False).returncode == (0 if ready else 1)


@pytest.mark.slow
def test_the_wheel_holds_every_file_of_the_rooms(built: Path) -> None:
    (wheel,) = (built / "src/dist").glob("pabal-*.whl")
    inside = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith(ROOMS)}
    source = {
        str(file.relative_to(built / "src"))
        for room in ROOMS
        for file in (built / "src" / room).rglob("*")
        if file.is_file()
    }
    assert inside == source
    assert {
        "service/web/templates/front.html",
        "service/reading/publishers.toml",
        "migrations/env.py",
        "migrations/script.py.mako",
    } < inside


@pytest.mark.slow
def test_the_environment_stands_on_its_own_outside_the_checkout(
    built: Path, tmp_path: Path
) -> None:
    environment = built / "opt/venv"
    where = run(
        str(environment / "bin/python"), "-c", "import service; print(service.__file__)",
        cwd=tmp_path,
    )  # fmt: skip
    assert Path(where.strip()).is_relative_to(environment)
    assert not list(environment.glob("lib/*/site-packages/pip"))
    shown = run(str(environment / "bin/pabal"), "--help", cwd=tmp_path)
    assert "파발" in shown
    assert "doctor" in shown


@pytest.mark.slow
def test_the_doctor_finds_nothing_wrong_there(
    built: Path, tmp_path: Path, reachable_dir: Path
) -> None:
    said = run(
        str(built / "opt/venv/bin/pabal"), "doctor", cwd=tmp_path, PABAL_DATA=str(reachable_dir)
    )
    assert "✗" not in said
    assert "PostgreSQL 18" in said
