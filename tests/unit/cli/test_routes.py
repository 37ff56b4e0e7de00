"""What ``pabal routes`` says of figures that are made here."""

import json
from datetime import date

from service.cli.pulse import _lines, _records
from service.store.routes import Kept, Missed

FOUND = {
    "key": [
        Missed("board", "board", 200, 1, ("놓친 글 하나",)),
        Missed("feed", "board", 200, 0),
        Missed("list", "list", 0, 0),
    ],
    "story": [
        Missed("board", "mss", 8, 2, ("포털에만", "또 포털에만")),
        Missed("portal", "mss", 8, 0),
    ],
}
KEPT = {"board": Kept("board", date(2026, 3, 1), 900, 9)}


def test_every_route_has_its_line_under_its_lead_with_what_it_missed() -> None:
    lines = [" ".join(line.split()) for line in _lines(FOUND, KEPT)]

    assert lines == [
        "같은 글에 이르는 경로, 지난 30일 / Routes to the same posts, the last 30 days",
        "board",
        "board 놓침 / missed 1 / 200 0.5% 2026-03-01부터 / since: 9 / 900",
        "· 놓친 글 하나",
        "feed 놓침 / missed 0 / 200 0.0%",
        "list",
        "list 놓침 / missed 0 / 0 0.0%",
        "정책브리핑과 부처 누리집 / The portal and the ministries' own boards, by story",
        "mss",
        "board 놓침 / missed 2 / 8 25.0%",
        "· 포털에만",
        "· 또 포털에만",
        "portal 놓침 / missed 0 / 8 0.0%",
    ]


def test_records_say_by_what_was_compared_and_carry_what_was_kept() -> None:
    records = [json.loads(json.dumps(each)) for each in _records(FOUND, KEPT)]

    assert records[0] == {
        "by": "key",
        "source_id": "board",
        "group": "board",
        "shown": 200,
        "missed": 1,
        "examples": ["놓친 글 하나"],
        "rate": 0.005,
        "kept": {"since": "2026-03-01", "shown": 900, "missed": 9},
    }
    assert [(each["by"], each["source_id"], each["rate"]) for each in records[1:]] == [
        ("key", "feed", 0.0),
        ("key", "list", 0.0),
        ("story", "board", 0.25),
        ("story", "portal", 0.0),
    ]
    assert not any("kept" in each for each in records[1:])


def test_where_there_is_nothing_to_measure_it_says_so() -> None:
    said = list(_lines({"key": [], "story": []}, {}))

    assert sum("nothing to measure yet" in line for line in said) == 2
