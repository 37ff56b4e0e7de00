"""CONTRIBUTING followed to the letter in a copy of the project: one file is a language."""

import tomllib
from pathlib import Path

import pytest

from tests.copies import ROOT, run

WORDS = Path("service/web/words")
SHOW = """
from fastapi import FastAPI
from fastapi.testclient import TestClient
from service.judging.fields import usual
from service.links import Signer
from service.web.reading.search import add_search
from service.web.shell import Guard, shell

app = FastAPI()
house = shell(Signer(bytes(32)), None)
app.add_middleware(Guard, accounts=None, away=None, house=house)
add_search(app, house, None, usual())
for language in ("ko-KR,ko;q=0.9", "ja,en;q=0.8"):
    print(TestClient(app).get("/search", headers={"accept-language": language}).text, "\\f")
"""

START = "from service.web.phrases import check; check()"
"""What the service does before it shows a page."""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project, of which the words are a copy and all else is where it was."""
    (tmp_path / WORDS).mkdir(parents=True)
    for folder in (Path("service"), Path("service/web")):
        for each in (ROOT / folder).iterdir():
            if not (tmp_path / folder / each.name).exists():
                (tmp_path / folder / each.name).symlink_to(each)
    for each in (ROOT / WORDS).iterdir():
        (tmp_path / WORDS / each.name).write_bytes(each.read_bytes())
    return tmp_path


def test_a_language_of_the_pages_is_one_file(project: Path) -> None:
    english = (ROOT / WORDS / "en.toml").read_text("utf-8")
    search = tomllib.loads(english)["search"]["title"]
    japanese = english.replace('name = "English"', 'name = "日本語"').replace(
        f'title = "{search}"', 'title = "検索"'
    )
    (project / WORDS / "ja.toml").write_text(japanese, "utf-8")

    said = run(project, "-c", SHOW)
    assert said.returncode == 0, said.stderr
    korean, ours = said.stdout.split("\f")[:2]
    assert '<a href="/search?lang=ja" lang="ja" hreflang="ja" rel="nofollow">日本語</a>' in korean
    assert '<html lang="ja">' in ours
    assert "<h1>検索</h1>" in ours
    assert ">한국어</a>" in ours
    assert ">English</a>" in ours


def test_a_language_that_lacks_a_phrase_is_refused_before_any_page_by_its_name(
    project: Path,
) -> None:
    lines = (ROOT / WORDS / "en.toml").read_text("utf-8").splitlines()
    kept = [line for line in lines if not line.startswith("skip = ")]
    kept[kept.index("[shell]") + 1 : 0] = ['strange = "?"']
    (project / WORDS / "ja.toml").write_text("\n".join(kept).replace("{days}", "{tage}"), "utf-8")

    said = run(project, "-c", START)
    assert said.returncode == 1
    assert "service/web/words/ja.toml: " in said.stderr
    assert "shell.skip is missing" in said.stderr
    assert "shell.strange is asked for by no page" in said.stderr
    assert "calls.days must have ['days']" in said.stderr
