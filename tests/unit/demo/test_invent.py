from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from service.demo import invent
from service.demo.sites.korea_kr import REP_CODES
from service.demo.themes import DATE_ONLY, OUTLETS
from service.demo.world import Release

START = datetime(2026, 11, 20, 20, 0, tzinfo=ZoneInfo("Asia/Seoul"))
COUNT = 1500


@pytest.fixture(scope="module")
def releases() -> list[Release]:
    return invent.releases(3, COUNT, START, hours=12)


def share(found: list[Release]) -> float:
    return len(found) / COUNT


def is_date_only(release: Release) -> bool:
    return release.ministry in DATE_ONLY


def test_a_seed_always_says_the_same(releases: list[Release]) -> None:
    assert invent.releases(3, COUNT, START, hours=12) == releases
    assert invent.releases(4, 5, START, hours=12) != releases[:5]


def test_ids_and_texts_never_repeat(releases: list[Release]) -> None:
    assert len({release.id for release in releases}) == COUNT
    assert len({release.text for release in releases}) == COUNT
    others = {release.id for release in invent.releases(4, COUNT, START, hours=12)}
    assert not others & {release.id for release in releases}


def test_a_title_repeats_only_in_pairs(releases: list[Release]) -> None:
    told = Counter(release.title for release in releases)
    assert max(told.values()) == 2
    for first, second in (
        [release for release in releases if release.title == title]
        for title, times in told.items()
        if times == 2
    ):
        own_site = second.ministry == "외교부" and second.sites == {"mofa"}
        assert first.ministry != second.ministry or own_site
        assert first.text != second.text


def test_texts_are_of_many_lengths(releases: list[Release]) -> None:
    lengths = [len(release.text) for release in releases]
    assert min(lengths) >= 200
    assert max(lengths) <= 5000
    assert max(lengths) > 3000


def test_the_mix_is_that_of_a_working_day(releases: list[Release]) -> None:
    news = [release for release in releases if release.ministry in OUTLETS.values()]
    joint = COUNT - len({release.title for release in releases})
    assert share([release for release in releases if "mss" in release.sites]) == pytest.approx(
        0.15, abs=0.04
    )
    assert share(news) == pytest.approx(0.12, abs=0.03)
    assert share([release for release in releases if is_date_only(release)]) == pytest.approx(
        0.03, abs=0.02
    )
    assert joint / COUNT == pytest.approx(0.055, abs=0.03)


def test_each_site_gets_what_is_its_own(releases: list[Release]) -> None:
    sites = {name: site for site, name in OUTLETS.items()}
    for release in releases:
        if release.ministry in sites:
            assert release.sites == {sites[release.ministry]}
        elif release.ministry == "중소벤처기업부":
            assert release.sites == {"korea_kr", "mss"}
        elif release.sites != {"korea_kr"}:
            assert (release.ministry, set(release.sites)) == ("외교부", {"mofa"})
    assert any(release.sites == {"mofa"} for release in releases)


def test_every_ministry_is_a_real_one(releases: list[Release]) -> None:
    ministries = {release.ministry for release in releases} - set(OUTLETS.values())
    assert ministries <= set(REP_CODES)
    assert len(ministries) > 35


def test_times_follow_the_order_but_for_date_only_ministries(releases: list[Release]) -> None:
    times = [release.published for release in releases if not is_date_only(release)]
    assert times == sorted(times)
    assert START <= times[0]
    assert times[-1] <= START + timedelta(hours=12)
    assert all(time.utcoffset() == timedelta(hours=9) for time in times)


def test_only_date_only_ministries_print_midnight(releases: list[Release]) -> None:
    for release in releases:
        clock = (release.published.hour, release.published.minute, release.published.second)
        assert (clock == (0, 0, 0)) is is_date_only(release)


def test_releases_come_in_bursts_on_the_hour(releases: list[Release]) -> None:
    first_minutes = [release for release in releases if release.published.minute < 2]
    assert share(first_minutes) == pytest.approx(0.5, abs=0.07)


def test_words_are_met_in_both_their_senses(releases: list[Release]) -> None:
    texts = "\n".join(f"{release.title}\n{release.text}" for release in releases)
    for word in ("수출바우처", "해외인증", "전시회", "전시 대비", "인도적", "인도네시아", "관세율"):
        assert word in texts


def test_what_is_written_can_be_spelt_in_the_old_code_page(releases: list[Release]) -> None:
    for release in releases:
        f"{release.title}{release.text}".encode("cp949")


def test_more_than_a_seed_has_ids_for_is_refused() -> None:
    with pytest.raises(ValueError, match="at most"):
        invent.releases(1, invent.IDS_A_SEED + 1, START, hours=1)
