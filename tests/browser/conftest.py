"""A town for the session, a browser, and pages that notice what a visitor would suffer from."""

from __future__ import annotations

import asyncio
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from service.ops.embedded import Server
from tests.browser.town import Town, town
from tests.conftest import disposable, throwaway

CHROMIUM = shutil.which("chromium")
PHONE, DESK = 360, 1280
OFFICE = "pabal.office"  # over plain http no browser trusts it, as it does trust 127.0.0.1
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--host-resolver-rules=MAP {OFFICE} 127.0.0.1",
]
_GRAVE = {"serious", "critical"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--keep", type=Path, help="a folder for pictures of every page")


@pytest.fixture(scope="session")
def people(postgres: Server) -> Iterator[Town]:
    """A town that is settled; whoever changes something in it does so for themselves."""
    if CHROMIUM is None:
        pytest.skip("no chromium is installed: apt-get install chromium")
    with tempfile.TemporaryDirectory(prefix="pabal-town-") as home, asyncio.Runner() as runner:
        made = disposable(postgres, throwaway("town"))
        url = runner.run(made.__aenter__())
        with town(url, Path(home)) as built:
            yield built
        runner.run(made.__aexit__(None, None, None))


@pytest.fixture(scope="session")
def chromium(people: Town) -> Iterator[Any]:
    """One browser for all, that ends before the town does."""
    assert people.page
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where there is one

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_ARGUMENTS)
        yield browser
        browser.close()


@dataclass(slots=True)
class Visitor:
    """Somebody with a window. ``troubles``: what a page complained about on its own console."""

    page: Any
    base: str
    keep: Path | None
    troubles: list[str] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)

    def go(self, path: str, *, status: int = 200) -> None:
        """Open a page of ours."""
        self.answers.clear()
        answer = self.page.goto(self.base + path)
        assert answer.status == status, f"{path}: {answer.status}"

    def look(self, name: str) -> None:
        """See that the page that is open is fit for everybody; keep a picture of it."""
        width = self.page.viewport_size["width"]
        if self.keep is not None:
            self.keep.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=self.keep / f"{name}-{width}.png", full_page=True)
        assert self.sideways() == 0, f"{name} at {width}: scrolls sideways by {self.sideways()}"
        assert self.page.locator("h1").count() == 1, f"{name}: a page has one h1"
        assert self.page.locator("main").count() == 1
        assert self.page.title()
        assert self.axe() == [], name
        assert self.troubles == [], name

    def sideways(self) -> int:
        """By how many pixels the page is wider than its window."""
        wide: int = self.page.evaluate(
            "Math.max(0, document.documentElement.scrollWidth - window.innerWidth)"
        )
        return wide

    def axe(self) -> list[str]:
        """What axe finds that is serious or critical."""
        from axe_playwright_python.sync_playwright import (  # type: ignore[import-untyped]  # noqa: PLC0415
            Axe,
        )

        found = Axe().run(self.page).response["violations"]
        return [
            f"{each['id']}: {each['help']}: {each['nodes'][0]['html'][:200]} "
            f"({len(each['nodes'])} times) {each['nodes'][0].get('failureSummary', '')[:300]}"
            for each in found
            if each["impact"] in _GRAVE
        ]

    def said(self, text: str | re.Pattern[str]) -> bool:
        """Whether the page shows it, now or in a moment."""
        self.page.get_by_text(text).first.wait_for()
        return True


Visit = Callable[..., Visitor]


@pytest.fixture
def visit(chromium: Any, people: Town, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """``visit()``: a window of its own, without cookies; ``visit(PHONE)``: a narrow one."""
    contexts = []

    def visit(width: int = DESK, language: str = "ko-KR", **more: Any) -> Visitor:
        context = chromium.new_context(
            viewport={"width": width, "height": 800}, locale=language, timezone_id="Asia/Seoul",
            reduced_motion="reduce",
            **more,
        )  # fmt: skip
        context.set_default_timeout(15_000)
        contexts.append(context)
        visitor = Visitor(context.new_page(), people.page, request.config.getoption("--keep"))
        visitor.page.on("console", lambda said: _heard(visitor, said))
        visitor.page.on("pageerror", lambda error: visitor.troubles.append(str(error)))
        visitor.page.on("response", lambda answer: _answered(visitor, answer))
        return visitor

    yield visit
    for each in contexts:
        each.close()


def _answered(visitor: Visitor, answer: Any) -> None:
    visitor.answers.append(answer)


def _heard(visitor: Visitor, said: Any) -> None:
    # That an answer was not 200 is for the test to say, which asked for it.
    if said.type == "error" and "status of 4" not in said.text:
        visitor.troubles.append(f"{visitor.page.url}: {said.text}")


@pytest.fixture
def signed_in(people: Town, visit: Visit) -> Visit:
    """``signed_in("operator")``: a window of somebody with that role."""

    def signed_in(role: str = "reader", width: int = DESK) -> Visitor:
        address = f"{throwaway('who')}@pabal.example"
        said = people.pabal("sign-in", address, "--role", role)
        found = re.search(r"https?://[^/\s]+(/sign-in/\S+)", said)
        assert found is not None, said
        visitor = visit(width)
        visitor.go(found[1])
        visitor.page.locator("main form button").click()
        visitor.page.wait_for_url(lambda url: "/sign-in" not in url)
        return visitor

    return signed_in
