"""Sources of support notices on the shapes that were seen of their pages."""

import pytest

from scrapers.errors import LayoutError
from scrapers.platforms.api import Api
from scrapers.sources import exportvoucher, kosmes
from tests.corpus.captured import SHAPES, listed, shape

pytestmark = pytest.mark.skipif(not SHAPES.is_dir(), reason="no captured pages at hand")

# Asked with a key, which the declared sources do not have.
BIZINFO = Api(
    publisher=None,
    url="https://www.bizinfo.go.kr/uss/rss/bizinfoApi.do?dataType=json",
    rows="jsonArray",
    key="pblancId",
    title="pblancNm",
    link="https://www.bizinfo.go.kr/sii/siia/selectSIIA200Detail.do?pblancId={key}",
    date="creatPnttm",
    issuer="jrsdInsttNm",
    error="reqErr",
)


def test_the_board_of_vouchers_is_read_where_its_onclick_stands_on_the_next_line() -> None:
    (post,) = listed(exportvoucher.SOURCE, "other/derived_exportvoucher_list.html")

    assert (post.key, post.pinned) == ("12943", True)
    assert post.title.startswith("[KOTRA]")
    assert post.published is not None
    assert str(post.published.at.date()) == "2026-09-16"


def test_a_notice_of_vouchers_has_its_text_and_its_file() -> None:
    page = shape("other/derived_exportvoucher_view.html", "https://www.exportvoucher.com/v")
    detail = exportvoucher.SOURCE.read_post(page)

    assert detail.text == "본문"
    assert [file.name for file in detail.files] == ["공고문.pdf"]


def test_the_notices_of_kosmes_are_read() -> None:
    (post,) = listed(kosmes.SOURCE, "other/derived_kosmes_notice.json")

    assert post.key == "12345"
    assert post.published is not None
    assert str(post.published.at.date()) == "2026-09-01"


def test_an_api_that_has_a_key_is_read_as_declared() -> None:
    posts = listed(BIZINFO, "bizinfo/derived_api.json")

    assert [post.publisher for post in posts] == ["과학기술정보통신부", "중소벤처기업부"]
    assert all(post.published and post.published.precision == "second" for post in posts)


def test_an_api_that_refuses_its_key_says_so() -> None:
    with pytest.raises(LayoutError, match="the site says: 존재하지 않는 인증키"):
        listed(BIZINFO, "bizinfo/derived_api_error.json")
