import random
import time
from datetime import UTC, datetime

import pytest

from scrapers.errors import LayoutError
from scrapers.model import Page
from scrapers.platforms import msit

BOARD = msit.board(parent=1, menu=2, board_id=3)


def page(*statements: str, after: str = "") -> Page:
    markup = (
        '<html><body><div class="board_list"><a onclick="fn_detail(7);">'
        '<p id="td_NTT_SJ_0"></p><p id="td_REG_DT_0"></p></a></div>'
        f"<script>{chr(10).join(statements)}</script>{after}</body></html>"
    )
    url = BOARD.first().url
    return Page(url, url, 200, {}, markup.encode(), datetime(2026, 11, 20, tzinfo=UTC))


def date(day: str = "2026. 11. 9") -> str:
    return f"$('#td_'+'REG_DT'+'_0').html('{day}');"


def title(*pieces: str) -> list[str]:
    begin = ["var sHtml = replyHrml;", *(f"sHtml+= {piece};" for piece in pieces)]
    return [*begin, "$('#td_'+'NTT_SJ'+'_0').html(sHtml);", date()]


def read(*pieces: str) -> str:
    (post,) = BOARD.read_list(page(*title(*pieces))).posts
    return post.title


def test_a_title_is_gathered_from_its_pieces() -> None:
    assert read("unescape(ctgryHtml)", "unescape('가나')", "'다'", "newHtml") == "가나다"


def test_a_new_title_forgets_the_one_before() -> None:
    first = ["var sHtml = '옛 제목';", "sHtml = '';"]
    statements = ["sHtml+= unescape('새 제목');", "$('#td_'+'NTT_SJ'+'_0').html(sHtml);", date()]

    (post,) = BOARD.read_list(page(*first, *statements)).posts

    assert post.title == "새 제목"


@pytest.mark.parametrize(
    ("literal", "shown"),
    [
        (r"가 \'나\' 다", "가 '나' 다"),
        ("%uAC00%20%41", "가 A"),
        ("100%", "100%"),
        ("가 &amp; 나", "가 & 나"),
        ("<b>가</b> https://나", "가 https://나"),
        ("<속보> /* 가 */ 나", "<속보> /* 가 */ 나"),
    ],
)
def test_a_literal_is_shown_as_a_browser_shows_it(literal: str, shown: str) -> None:
    assert read(f"unescape('{literal}')") == shown


@pytest.mark.parametrize(
    "dead",
    [
        "// $('#td_'+'REG_DT'+'_0').html('2026-01-01');",
        "//$('#td_'+'REG_DT'+'_0').html('2026-01-01'); it's",
        "/* if ('a' == 'b') {\n$('#td_'+'REG_DT'+'_0').html('');\n} */",
        "/* $('#td_'+'REG_DT'+'_0').html('2026-01-01');",
        "$('#td_'+'REG_DT'+'_0').html('');",
    ],
)
def test_what_is_commented_out_or_empty_is_not_run(dead: str) -> None:
    (post,) = BOARD.read_list(page(*title("'가'"), dead)).posts

    assert post.published is not None
    assert str(post.published.at.date()) == "2026-11-09"


def test_a_cell_that_is_not_there_is_passed_over() -> None:
    (post,) = BOARD.read_list(page(*title("'가'"), "$('#td_'+'NO'+'_9').html('9');")).posts

    assert post.title == "가"


def test_a_list_that_no_script_fills_is_refused() -> None:
    with pytest.raises(LayoutError, match="is empty"):
        BOARD.read_list(page())


def test_a_script_that_says_no_date_is_refused() -> None:
    with pytest.raises(LayoutError, match="no row has a date"):
        BOARD.read_list(page(*title("'가'")[:-1]))


@pytest.mark.parametrize(
    "piece", ["'", "/*", "//", "sHtml+= unescape('", "$('#td_'+'A'+'_1').html('", "\\", "sHtml "]
)
def test_a_hostile_script_costs_no_more_than_its_length(piece: str) -> None:
    begin = time.process_time()

    with pytest.raises(LayoutError):
        BOARD.read_list(page(piece * (100_000 // len(piece))))

    assert time.process_time() - begin < 10


def test_any_script_is_read_or_refused() -> None:
    random.seed(5)
    letters = "'\"\\/*%u0$(#td_+)._html sHtml=;\n가\ud7ff<>&"
    for _ in range(200):
        script = "".join(random.choices(letters, k=80))
        try:
            BOARD.read_list(page(*title("'가'"), script))
        except LayoutError:
            continue
