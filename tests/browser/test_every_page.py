"""Every page, on a phone and on a desk, for those who see, listen or use keys only."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import DESK, PHONE, Visit, Visitor
from tests.browser.town import BROKEN, Town

pytestmark = pytest.mark.browser

OPEN = {
    "front": "/",
    "front-all": "/?view=all",
    "front-filtered": "/?view=all&open=1",
    "search": "/search",
    "search-found": "/search?q=수출바우처",
    "search-none": "/search?q=없는낱말가나다",
    "search-wrong": "/search?q=(수출",
    "ministries": "/ministries",
    "ministry": "/ministry/motir",
    "calls": "/calls",
    "charts": "/charts",
    "coverage": "/coverage",
    "sign-in": "/sign-in",
    "api": "/api",
    "calls-month": "/calls?view=month",
    "story": "voucher",
    "story-held": "robot",
    "missing": "/no-such-page",
}
OWN = {
    "account": "/account",
    "alerts": "/alerts",
    "alert-new": "/alerts/new",
    "keys": "/alerts/keys",
    "story-embargo": "robot",
}
DESKS = {
    "desk": "/desk",
    "desk-flow": "/desk/flow",
    "desk-sources": "/desk/sources",
    "desk-source": f"/desk/sources/{BROKEN}",
    "desk-letters": "/desk/letters",
    "desk-subscriptions": "/desk/subscriptions",
    "desk-accounts": "/desk/accounts",
    "desk-audit": "/desk/audit",
}
_STORIES = {"robot": "로봇 실증단지%", "voucher": "수출바우처 3차%"}
_STATUS = {"missing": 404, "story-held": 403}
_ELSEWHERE = {"/alerts/*", "/api/*", "/series/*", "/new"}  # looked at by journeys, or no page
_FOCUS = """() => {
    const at = document.activeElement;
    if (!at || at === document.body) return null;
    const box = at.getBoundingClientRect(), style = getComputedStyle(at);
    const seen = style.outlineStyle !== 'none' || style.boxShadow !== 'none';
    return {
        what: at.outerHTML.slice(0, 120), seen,
        shown: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight,
        place: [...document.querySelectorAll('*')].indexOf(at)
    };
}"""


def place(people: Town, path: str) -> str:
    """The path of a page; that of a story by its title."""
    if path in _STORIES:
        query = "SELECT min(id) FROM article WHERE title LIKE $1 AND source_id = 'korea_kr'"
        return f"/release/{people.ask(query, '%' + _STORIES[path])}"
    return path


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("name", OPEN)
def test_an_open_page_is_fit_for_everybody(
    people: Town, visit: Visit, name: str, width: int
) -> None:
    visitor = visit(width)
    visitor.go(place(people, OPEN[name]), status=_STATUS.get(name, 200))
    visitor.look(name)


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_pages_of_who_is_signed_in_are_fit_for_everybody(
    people: Town, signed_in: Visit, width: int
) -> None:
    visitor = signed_in("reader", width)
    for name, path in OWN.items():
        visitor.go(place(people, path))
        visitor.look(name)


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_desk_is_fit_for_everybody(signed_in: Visit, width: int) -> None:
    visitor = signed_in("operator", width)
    for name, path in DESKS.items():
        visitor.go(path)
        visitor.look(name)


@pytest.mark.parametrize("name", ["front", "search-found", "story", "calls", "charts", "ministry"])
def test_a_page_in_english_is_fit_for_everybody(people: Town, visit: Visit, name: str) -> None:
    visitor = visit(DESK, "en-US")
    visitor.go(place(people, OPEN[name]))
    assert visitor.page.locator("html").get_attribute("lang") == "en"
    visitor.look(f"{name}-en")


@pytest.mark.parametrize("name", ["front", "story", "charts", "sign-in"])
def test_a_page_in_the_dark_is_fit_for_everybody(people: Town, visit: Visit, name: str) -> None:
    visitor = visit(PHONE, color_scheme="dark")
    visitor.go(place(people, OPEN[name]))
    visitor.look(f"{name}-dark")


@pytest.mark.parametrize("name", ["front", "story", "search-found", "calls", "ministry"])
def test_keys_alone_lead_through_a_page_from_top_to_bottom(
    people: Town, visit: Visit, name: str
) -> None:
    visitor = visit()
    visitor.go(place(people, OPEN[name]))
    places = walk(visitor, 400)
    assert places == sorted(places), "the order of keys is the order of the page"
    assert len(places) == len(set(places)) > 10


def walk(visitor: Visitor, most: int) -> list[int]:
    """Press Tab until the page ends; where the focus went, which has to be seen each time."""
    visited: list[int] = []
    for step in range(most):
        visitor.page.keyboard.press("Tab")
        at = visitor.page.evaluate(_FOCUS)
        if at is None or (visited and at["place"] == visited[0]):
            return visited
        if step == 0:
            assert "skip" in at["what"], "the first key offers the way past the menu"
        assert at["shown"], f"focus is out of sight: {at['what']}"
        assert at["seen"], f"focus does not show: {at['what']}"
        visited.append(at["place"])
    raise AssertionError(f"no end after {most} keys")


def test_the_way_past_the_menu_leads_to_what_the_page_is_about(visit: Visit) -> None:
    visitor = visit()
    visitor.go("/")
    visitor.page.keyboard.press("Tab")
    visitor.page.keyboard.press("Enter")
    assert visitor.page.evaluate("document.activeElement.id") == "main"


def test_a_story_is_light(people: Town, visit: Visit) -> None:
    visitor = visit()
    client = visitor.page.context.new_cdp_session(visitor.page)
    client.send("Network.enable")
    sizes: list[float] = []
    client.on("Network.loadingFinished", lambda said: sizes.append(said["encodedDataLength"]))
    visitor.go(place(people, "voucher"))
    visitor.page.wait_for_load_state("networkidle")
    kinds = [each.request.resource_type for each in visitor.answers]
    before_images = [each for each in kinds if each not in {"image", "other"}]
    assert len(before_images) <= 3, before_images
    assert sum(sizes) < 100_000, sizes


def test_without_script_pages_work_all_the_same(visit: Visit) -> None:
    visitor = visit(java_script_enabled=False)
    visitor.go("/")
    visitor.page.locator("main a[href^='/release/']").first.click()
    assert visitor.page.locator("h1").count() == 1
    visitor.go("/search")
    visitor.page.locator("main input[name=q]").fill("수출바우처")
    visitor.page.locator("main input[name=q]").press("Enter")
    assert visitor.said(re.compile("수출바우처 3차"))


def test_no_page_is_left_out_here(people: Town, visit: Visit, signed_in: Visit) -> None:
    """Whatever pages link to is of a kind that one of these tests looks at."""
    ours = (*OPEN.values(), *OWN.values(), *DESKS.values())
    known = {_kind(place(people, each)) for each in ours} | _ELSEWHERE
    found: dict[str, str] = {}
    for visitor in (visit(), signed_in("operator")):
        for path in ours:
            if visitor.page.goto(people.page + place(people, path)).status >= 400:
                continue
            for link in visitor.page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)"):
                if link.startswith(people.page):
                    found.setdefault(_kind(urlsplit(link).path), path)
    strange = {kind: at for kind, at in found.items() if kind not in known and "." not in kind}
    assert strange == {}


def _kind(path: str) -> str:
    """A path without what names one thing among its like."""
    parts = urlsplit(path).path.strip("/").split("/")
    if parts[0] in {"release", "ministry", "series", "static"}:
        return f"/{parts[0]}/*"
    if parts[:2] == ["desk", "sources"] and len(parts) == 3:
        return "/desk/sources/*"
    if len(parts) > 1 and parts[0] in {"alerts", "sign-in", "api"} and parts[1] != "new":
        return f"/{parts[0]}/*"
    return "/" + "/".join(parts)
