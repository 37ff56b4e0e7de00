import json
from pathlib import Path

from scrapers.registry import sources
from tests.commands import Pabal


def test_every_source_is_listed_and_one_that_is_off_says_why(pabal: Pabal) -> None:
    lines = {line.split()[0]: line for line in pabal("sources", "list").stdout.splitlines()}

    assert list(lines) == sorted(sources())
    for name, source in sources().items():
        assert source.first().url in lines[name]
        assert lines[name].endswith(f"(꺼짐 / off: {source.off})") is (source.off is not None)
        for key in source.needs:
            assert f"PABAL_KEY_{key.upper()}" in lines[name]
        assert ("needs PABAL_KEY" in lines[name]) is bool(source.needs)


def test_what_a_source_declares_is_shown_with_why_it_is_off(pabal: Pabal) -> None:
    shown = pabal("sources", "show", "sedaily").stdout
    declared = sources()["sedaily"]

    assert {f"off: {declared.off}", f"publisher: {declared.publisher}"} <= set(shown.splitlines())
    assert declared.first().url in shown


def test_a_program_is_told_of_every_source_with_its_routes_and_its_pulse(pabal: Pabal) -> None:
    told = map(json.loads, pabal("sources", "list", "--json").stdout.splitlines())
    records = {record["id"]: record for record in told}

    assert set(records) == set(sources())
    for name, source in sources().items():
        record = records[name]
        assert (record["publisher"], record["kind"]) == (source.publisher, source.kind)
        assert record["on"] is (record["off"] is None)
        assert record["pulse"] == {"every": source.every, "pause": source.pause}
        routes = {route["id"]: route["url"] for route in record["routes"]}
        assert routes[name] == source.first().url
        assert (source.route_of or name) in routes


def test_routes_to_the_same_posts_are_told_of_each_the_lead_first(pabal: Pabal) -> None:
    told = map(json.loads, pabal("sources", "list", "--json").stdout.splitlines())
    groups = {record["id"]: [route["id"] for route in record["routes"]] for record in told}

    assert groups["mofa_press"] == groups["mofa_rss"]
    assert groups["mofa_rss"][:2] == ["mofa_press", "mofa_rss"]


def test_one_s_own_source_is_listed_and_shown_like_all_others(pabal: Pabal, tmp_path: Path) -> None:
    text = 'what = "나의 | 피드"\nplatform = "feed"\nurl = "https://a.example/rss"\n'
    (tmp_path / "mine.toml").write_text(text, "utf-8")
    own = {"PABAL_SOURCES_DIR": str(tmp_path)}

    record = json.loads(
        next(
            line
            for line in pabal("sources", "list", "--json", **own).stdout.splitlines()
            if '"mine"' in line
        )
    )
    table = pabal("sources", "list", "--markdown", **own).stdout
    shown = pabal("sources", "show", "mine", **own).stdout

    assert (record["what"], record["on"]) == ("나의 | 피드", True)
    assert "| `mine` | news | 여러 기관 / several | 600 s | — | 나의 \\| 피드 |" in table
    assert "url: https://a.example/rss" in shown
