"""``pabal sources try|capture`` against a replica on loopback that answers for every site."""

from __future__ import annotations

import json
import re
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from scrapers import own
from tests.commands import Pabal

Site = dict[str, tuple[str, str]]

HOME = """<html><head><title>가상 신문</title>
<link rel="alternate" type="application/rss+xml" href="/all.xml">
<link rel="alternate" type="application/atom+xml" href="/gone.xml"></head>
<body><a href="/1">가</a></body></html>"""
FEED = """<rss><channel><title>가상 신문: 전체</title><item><title>시장 소식</title>
<link>https://news.example/view/1</link><description>장이 섰다</description>
<pubDate>Fri, 20 Nov 2026 09:30:00 +0900</pubDate></item></channel></rss>"""
SITEMAP = """<urlset xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url>
<loc>https://news.example/view/1</loc><news:news><news:title>시장 소식</news:title>
<news:publication_date>2026-11-20T09:30:00+09:00</news:publication_date></news:news></url></urlset>"""
ROW = "<tr><td><a href='/view?id={n}'>우체국 소식 {n}</a></td><td class='day'>2026-01-{n}</td></tr>"
BOARD = f"""<html><head><title>가상 시청</title></head><body><table class='board'>
{"".join(ROW.format(n=n) for n in range(16, 10, -1))}</table></body></html>"""
POST = """<html><body><h1>우체국 소식 16</h1><div class="text"><p>우체국이 문을 열었다.</p></div>
<a class="file" href="/down/1.pdf">안내문.pdf</a></body></html>"""
DECLARED = """
what = "가상 시청 알림"
platform = "board"
url = "https://city.example/list"
row = "table.board tr"
key = 'id=(\\d+)'
link = "https://city.example/view?id={key}"
title = "a"
date = "td.day"
pause = 0.2
[article]
body = "div.text"
files = "a.file"
"""


@pytest.fixture
def site() -> Site:
    """Kind and text of each page by host and path; others are not found."""
    return {
        "city.example/list": ("text/html", BOARD),
        "city.example/view": ("text/html", POST),
    }


@pytest.fixture
def replica(site: Site) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            where = f"{self.headers['Host']}{self.path.partition('?')[0]}"
            kind, text = site.get(where, ("text/plain", ""))
            self.send_response(200 if where in site else 404)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def live(pabal: Pabal, replica: str) -> Pabal:
    """``pabal`` whose requests all go to the replica, without a rest between them."""

    def live(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        return pabal(*arguments, PABAL_REPLICA_URL=replica, PABAL_PACE="1000", **settings)

    return live


@pytest.fixture
def declared(tmp_path: Path) -> Path:
    file = tmp_path / "own" / "city_news.toml"
    file.parent.mkdir()
    file.write_text(DECLARED, "utf-8")
    return file


def test_a_declaration_is_shown_beside_its_list_and_its_newest_post(
    live: Pabal, declared: Path
) -> None:
    tried = live("sources", "try", str(declared))

    assert tried.returncode == 0, tried.stdout
    assert "✓ row            table.board tr  → 6  “우체국 소식 16 2026-01-16”" in tried.stdout
    assert "2026-01-16 (day)  우체국 소식 16" in tried.stdout
    assert "[—] key=16  https://city.example/view?id=16" in tried.stdout
    assert "글 / post: https://city.example/view?id=16 (200, " in tried.stdout
    assert "첨부 / file: 안내문.pdf  https://city.example/down/1.pdf" in tried.stdout
    assert "본문 / text: 12자\n    우체국이 문을 열었다." in tried.stdout


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("td.day", "td.date", "✗ date           td.date  → 0/6"),
        ("table.board tr", "table.list tr", "✗ row            table.list tr  → 0"),
        ("div.text", "div.content", "✗ article.body   div.content  → 0"),
        ("/list", "/lost", "✗ https://city.example/lost: 없어진 주소 "),
    ],
)
def test_the_selector_that_failed_is_said_and_the_command_fails(
    live: Pabal, declared: Path, old: str, new: str, said: str
) -> None:
    declared.write_text(
        DECLARED.replace(f'"{old}', f'"{new}').replace(f"example{old}", f"example{new}")
    )

    tried = live("sources", "try", str(declared))

    assert tried.returncode == 1
    assert said in tried.stdout


def test_pages_that_were_saved_are_read_without_asking_for_any(
    pabal: Pabal, declared: Path, tmp_path: Path
) -> None:
    (tmp_path / "list.html").write_text(BOARD, "utf-8")
    (tmp_path / "post.html").write_text(POST, "utf-8")
    saved = ("--page", str(tmp_path / "list.html"))

    one = pabal("sources", "try", str(declared), *saved)
    both = pabal("sources", "try", str(declared), *saved, "--post", str(tmp_path / "post.html"))

    assert (one.returncode, both.returncode) == (0, 0)
    assert "no post was opened" in one.stdout
    assert "본문 / text: 12자" in both.stdout


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('platform = "rss"', "city_news.toml: platform: "),
        (
            DECLARED.replace("what", 'publisher = "중기부"\nwhat'),
            "publisher: 그런 기관 id가 없습니다: mss?",
        ),
        (DECLARED.replace("/list", "/list?k={key:mine}"), "url: mine 열쇠는 없습니다"),
    ],
)
def test_a_declaration_that_cannot_be_is_refused(
    pabal: Pabal, declared: Path, text: str, said: str
) -> None:
    declared.write_text(text, "utf-8")

    refused = pabal("sources", "try", str(declared))

    assert refused.returncode == 2
    assert said in refused.stderr


def proposals(said: str) -> list[str]:
    """The files that were proposed, ready to be saved."""
    return [part.partition("\n")[2] for part in re.split(r"\n# (?=\w+\.toml — )", said)[1:]]


def test_the_feeds_that_a_site_names_are_proposed_as_they_are_to_be_saved(
    live: Pabal, site: Site
) -> None:
    site["news.example/"] = ("text/html", HOME)
    site["news.example/all.xml"] = ("text/xml", FEED)

    found = live("sources", "try", "https://news.example/")
    (text,) = proposals(found.stdout)

    assert found.returncode == 0
    assert "✗ https://news.example/gone.xml: " in found.stdout
    assert "2026-11-20 09:30:00 (second)  시장 소식  https://news.example/view/1" in found.stdout
    assert own.read(text, "x").first().url == "https://news.example/all.xml"
    assert own.read(text, "x").what == "가상 신문: 전체"


def test_a_feed_is_proposed_by_its_own_address(live: Pabal, site: Site) -> None:
    site["news.example/all.xml"] = ("text/xml", FEED)

    found = live("sources", "try", "https://news.example/all.xml")

    assert "# news_example_all.toml — 읽은 것 / what it read: 1" in found.stdout


def test_a_feed_that_nobody_names_is_found_where_feeds_usually_are(live: Pabal, site: Site) -> None:
    site["news.example/"] = ("text/html", "<html><body>가</body></html>")
    site["news.example/feed"] = ("text/xml", FEED)

    found = live("sources", "try", "https://news.example/")

    assert 'url = "https://news.example/feed"' in found.stdout


def test_a_news_sitemap_is_found_by_robots_txt(live: Pabal, site: Site) -> None:
    site["news.example/"] = ("text/html", "<html><body>가</body></html>")
    site["news.example/robots.txt"] = ("text/plain", "Sitemap: https://news.example/s/news.xml\n")
    site["news.example/s/news.xml"] = ("text/xml", SITEMAP)

    found = live("sources", "try", "https://news.example/")

    assert 'platform = "sitemap"\nurl = "https://news.example/s/news.xml"' in found.stdout


def test_a_list_without_a_feed_is_proposed_as_a_board(live: Pabal) -> None:
    found = live("sources", "try", "https://city.example/list")
    (text,) = proposals(found.stdout)

    assert found.returncode == 0
    assert "no feed: a guess at the list follows" in found.stdout
    assert 'row = "table.board > tr"' in text
    assert own.read(text, "x").first().url == "https://city.example/list"


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (("text/html", "<html><body>가</body></html>"), "no feed and no list was found"),
        (("application/json", '{"data": {"list": [{"id": 1}]}}'), 'as "api"; rows: data.list'),
    ],
)
def test_where_nothing_can_be_read_it_is_said(
    live: Pabal, site: Site, page: tuple[str, str], said: str
) -> None:
    site["news.example/"] = page

    found = live("sources", "try", "https://news.example/")

    assert found.returncode == 1
    assert said in found.stdout


# Capture


def test_a_capture_becomes_a_fixture(live: Pabal, declared: Path, tmp_path: Path) -> None:
    own_folder = {"PABAL_SOURCES_DIR": str(declared.parent)}
    done = live("sources", "capture", "city_news", "--dir", str(tmp_path / "out"), **own_folder)
    folder = tmp_path / "out" / "city_news"

    assert done.returncode == 0, done.stdout + done.stderr
    assert {path.name for path in folder.iterdir()} == {"list.html", "post.html", "expected.json"}
    record = json.loads((folder / "expected.json").read_text("utf-8"))
    assert [post["key"] for post in record["list"]["posts"]] == ["16", "15", "14", "13"]
    assert record["post"]["files"][0]["url"] == "https://city.example/down/1.pdf"
    assert "우체국" not in "".join(path.read_text("utf-8") for path in folder.iterdir())
    heads = json.loads((tmp_path / "out" / "city_news.headers.json").read_text("utf-8"))
    assert heads["list"]["headers"]["content-type"] == "text/html"


def test_a_capture_of_a_page_that_drifted_says_that_it_is_refused(
    live: Pabal, declared: Path, site: Site, tmp_path: Path
) -> None:
    site["city.example/list"] = ("text/html", BOARD.replace("'board'", "'cards'"))
    own_folder = {"PABAL_SOURCES_DIR": str(declared.parent)}
    done = live("sources", "capture", "city_news", "--dir", str(tmp_path), **own_folder)

    assert done.returncode == 0
    assert "refused, as the live page is" in done.stdout
    assert (tmp_path / "city_news" / "list.html").read_text("utf-8").count('class="day"') == 6


def test_where_no_capture_can_be_written_it_is_said(live: Pabal, declared: Path) -> None:
    typed = ("sources", "capture", "city_news", "--dir", "/proc/none")
    done = live(*typed, PABAL_SOURCES_DIR=str(declared.parent))
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "/proc/none" in done.stderr


def test_a_capture_is_not_written_over(live: Pabal, tmp_path: Path) -> None:
    (tmp_path / "yna").mkdir()

    refused = live("sources", "capture", "yna", "--dir", str(tmp_path))

    assert refused.returncode == 2
    assert "it is there already" in refused.stderr


def test_what_cannot_be_had_is_not_captured(live: Pabal, tmp_path: Path) -> None:
    done = live("sources", "capture", "yna", "--dir", str(tmp_path))

    assert done.returncode == 1
    assert done.stdout.startswith("✗ https://www.yna.co.kr/rss/news.xml: 없어진 주소 ")
    assert list(tmp_path.iterdir()) == []
