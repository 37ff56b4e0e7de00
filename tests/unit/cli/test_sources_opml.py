from pathlib import Path

import pytest

from scrapers import own
from scrapers.platforms.anyfeed import AnyFeed
from service.workshop import opml
from service.workshop.opml import Outline
from tests.commands import Pabal

NEW = Outline("https://a.example/rss/all.xml", "가상 <신문>")
YNA = "https://www.yna.co.kr/rss/news.xml"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "feeds.opml"
    path.write_text(opml.written([NEW, Outline(YNA, "연합"), Outline("feed:x", "틀림")]), "utf-8")
    return path


def test_every_feed_is_written_with_one_s_own(pabal: Pabal, tmp_path: Path) -> None:
    mine = f'what = "나의 피드"\nplatform = "feed"\nurl = "{NEW.url}"\n'
    (tmp_path / "mine.toml").write_text(mine, "utf-8")

    told = pabal("sources", "export", "--opml", PABAL_SOURCES_DIR=str(tmp_path)).stdout
    found = {each.url: each.title for each in opml.read(told.encode())}

    assert found[NEW.url] == "나의 피드"
    assert found[YNA].startswith("연합뉴스")
    assert not any("sitemap" in url or "korea.kr/briefing" in url for url in found)


def test_another_form_is_asked_for_in_vain(pabal: Pabal) -> None:
    refused = pabal("sources", "export")

    assert refused.returncode == 2
    assert "say --opml" in refused.stderr


def test_a_file_is_written_for_each_feed_that_is_not_read_yet(
    pabal: Pabal, file: Path, tmp_path: Path
) -> None:
    done = pabal("sources", "import", str(file), str(tmp_path / "own"))
    (written,) = (tmp_path / "own").iterdir()
    text = written.read_text("utf-8")

    assert done.returncode == 0
    assert "✓ 가상 <신문>: a_example_all.toml" in done.stdout
    assert "– 연합: 이미 읽습니다 / already read by yna" in done.stdout
    assert "– 틀림: " in done.stdout
    assert own.read(text, written.name) == AnyFeed(what="가상 <신문>", url=NEW.url)


def test_what_is_there_is_not_written_over(pabal: Pabal, file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "a_example_all.toml").write_text('platform = "feed"\nurl = "https://b.example/"\n')

    pabal("sources", "import", str(file), str(folder))
    again = pabal("sources", "import", str(file), str(folder))

    assert "https://b.example/" in (folder / "a_example_all.toml").read_text()
    assert NEW.url in (folder / "a_example_all_2.toml").read_text()
    assert "already read by a_example_all_2" in again.stdout
    assert len(list(folder.iterdir())) == 2


@pytest.mark.parametrize(
    ("content", "why"),
    [(None, "No such file"), (b"<rss/>", "not OPML"), (b"<!DOCTYPE opml><opml/>", "DOCTYPE")],
)
def test_a_file_that_cannot_be_read_is_refused(
    pabal: Pabal, tmp_path: Path, content: bytes | None, why: str
) -> None:
    if content is not None:
        (tmp_path / "feeds.opml").write_bytes(content)

    refused = pabal("sources", "import", str(tmp_path / "feeds.opml"), str(tmp_path / "own"))

    assert refused.returncode == 2
    assert why in refused.stderr
