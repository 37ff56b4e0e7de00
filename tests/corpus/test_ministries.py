"""Sources of single ministries on the shapes that were seen of their pages."""

from dataclasses import replace

import pytest

from scrapers.model import Post
from scrapers.sources import (
    fsc_press,
    mofa_press,
    motir_notice,
    msit_notice,
    mss_notice,
    mss_notice_rss,
)
from tests.corpus.captured import SHAPES, listed, shape

pytestmark = pytest.mark.skipif(not SHAPES.is_dir(), reason="no captured pages at hand")


def days(posts: tuple[Post, ...]) -> list[str | None]:
    return [str(post.published.at.date()) if post.published else None for post in posts]


def test_the_board_of_calls_reads_a_real_page_of_its_engine() -> None:
    regional = replace(
        mss_notice.SOURCE,
        url=mss_notice.SOURCE.url.replace("310", "323"),
        key=mss_notice.SOURCE.key.replace("310", "323"),
    )
    posts = listed(regional, "../mss/mss_gyeonggi_list_cbIdx323.html")

    assert len({post.key for post in posts}) == 10
    assert all(post.published and post.published.precision == "day" for post in posts)
    assert {post.summary for post in posts} == {None}


def test_a_call_of_mss_says_on_its_list_until_when_one_may_apply() -> None:
    (post,) = listed(mss_notice.SOURCE, "mss/derived_list_cbIdx310.html")

    assert post.key == "1071550"
    assert post.summary is not None
    assert post.summary.endswith("2026-10-01 ~ 2026-10-21")


def test_a_call_of_mss_says_on_its_page_until_when_one_may_apply() -> None:
    detail = mss_notice.SOURCE.read_post(
        shape("mss/derived_view_cbIdx310.html", "https://www.mss.go.kr/v")
    )

    period, *body = detail.text.split("\n")
    assert period.endswith("신청기간\t2026-10-01 ~ 2026-10-21")
    assert len(body) == 2


def test_the_list_and_the_feed_of_mss_name_a_call_alike() -> None:
    (post,) = listed(mss_notice.SOURCE, "mss/derived_list_cbIdx310.html")
    newest, _ = listed(mss_notice_rss.SOURCE, "mss/derived_rss_310.xml")

    assert (newest.key, newest.url) == (post.key, post.url)


def test_both_kinds_of_links_on_a_list_of_motir_have_a_key() -> None:
    posts = listed(motir_notice.SOURCE, "motie/derived_list_ATCLc01b2801b.html")

    assert [post.key for post in posts] == ["71355", "71301"]
    assert days(posts) == ["2026-10-02", "2026-10-01"]
    assert not any("새글" in post.title for post in posts)


def test_a_file_of_motir_has_an_address_though_its_link_is_a_script() -> None:
    detail = motir_notice.SOURCE.read_post(
        shape("motie/derived_view.html", "https://www.motir.go.kr/v")
    )

    assert [(file.name, file.url) for file in detail.files] == [
        ("첨부.hwpx", "https://www.motir.go.kr/attach/down/x/y/z")
    ]
    assert detail.text


def test_a_list_of_mofa_has_a_pinned_row() -> None:
    posts = listed(mofa_press.SOURCE, "mofa/derived_list_m_4080.html")

    assert [(post.key, post.pinned) for post in posts] == [("1347690", True), ("377346", False)]
    assert days(posts) == ["2026-03-25", "2026-09-08"]


def test_a_list_of_msit_has_the_dates_that_are_shown() -> None:
    (post,) = posts = listed(msit_notice.SOURCE, "other/derived_msit_list.html")

    assert post.key == "3186887"
    assert days(posts) == ["2026-10-01"]


def test_the_feed_of_fsc_gives_days() -> None:
    (post,) = posts = listed(fsc_press.SOURCE, "other/derived_fsc_rss.xml")

    assert days(posts) == ["2026-06-30"]
    assert post.published is not None
    assert post.published.precision == "day"
