from __future__ import annotations

import gzip
import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from service.demo.replay import ReplayError, load

LINE = {
    "news_item_id": "157000001",
    "title": "견본 보도자료",
    "ministry": "관세청",
    "approve_date": "2026-03-01T09:53:51",
    "url": "https://www.korea.kr/briefing/pressReleaseView.do?newsId=157000001",
    "text": "첫 줄\n\n\n둘째 줄",
}


def written(**changes: object) -> str:
    return json.dumps({**LINE, **changes}, ensure_ascii=False) + "\n"


def test_a_line_becomes_a_release(tmp_path: Path) -> None:
    path = tmp_path / "stream.jsonl"
    path.write_text(written())
    (release,) = load(path)
    assert (release.id, release.ministry, release.title) == (157_000_001, "관세청", "견본 보도자료")
    assert release.text == "첫 줄\n둘째 줄"
    assert release.published == datetime(2026, 3, 1, 9, 53, 51, tzinfo=ZoneInfo("Asia/Seoul"))
    assert release.sites == {"korea_kr"}


def test_two_ministries_have_a_site_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "stream.jsonl.gz"
    path.write_bytes(
        gzip.compress(
            (
                written(news_item_id="1", ministry="중소벤처기업부")
                + written(news_item_id="2", ministry="외교부")
            ).encode()
        )
    )
    assert [release.sites for release in load(path)] == [{"korea_kr", "mss"}, {"korea_kr", "mofa"}]


def test_releases_come_by_time(tmp_path: Path) -> None:
    path = tmp_path / "stream.jsonl"
    path.write_text(
        written(news_item_id="1", approve_date="2026-03-02T00:00:00") + written(news_item_id="2")
    )
    assert [release.id for release in load(path)] == [2, 1]


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("{half\n", "property name"),
        ("\n", "Expecting value"),
        ("[]\n", "not an object"),
        (written(title=None), "title is missing or not a string"),
        (written(approve_date="2026-03-01"), "does not match format"),
        (written(news_item_id="x1"), "invalid literal"),
    ],
)
def test_a_malformed_line_is_named(tmp_path: Path, bad: str, why: str) -> None:
    path = tmp_path / "stream.jsonl"
    path.write_text(written() + bad)
    with pytest.raises(ReplayError, match=why) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}:2: ")


def test_a_torn_archive_is_named(tmp_path: Path) -> None:
    path = tmp_path / "stream.jsonl.gz"
    path.write_bytes(gzip.compress(written().encode())[:-9])
    with pytest.raises(ReplayError, match=r"stream\.jsonl\.gz:1: "):
        load(path)


def test_a_missing_file_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "none.jsonl")
