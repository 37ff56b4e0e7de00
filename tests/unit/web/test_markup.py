from __future__ import annotations

import random

import pytest
from bs4 import BeautifulSoup

from service.web.markup import marked, prose
from service.web.text import Block, blocks


def test_a_text_is_paragraphs_and_tables_with_a_head() -> None:
    made = prose(blocks("가 & 나\n\n구분\t올해\n기업\t75\n\n한\t줄"), "표")
    assert made == (
        "<p>가 &amp; 나</p>\n"
        '<div class="wide" role="region" tabindex="0" aria-label="표"><table>'
        '<thead><tr><th scope="col">구분</th><th scope="col">올해</th></tr>\n</thead>'
        "<tbody><tr><td>기업</td><td>75</td></tr>\n</tbody></table></div>\n"
        '<div class="wide" role="region" tabindex="0" aria-label="표"><table>'
        "<tbody><tr><td>한</td><td>줄</td></tr>\n</tbody></table></div>\n"
    )


def test_spots_are_marked_and_those_that_cannot_be_are_let_be() -> None:
    assert marked("수출 <바우처>", [(0, 2), (1, 4), (3, 8), (7, 99), (5, 4)]) == (
        "<mark>수출</mark> <mark>&lt;바우처&gt;</mark>"
    )
    assert marked("", [(0, 1)]) == ""


@pytest.mark.parametrize("hostile", ["<script>x</script>", '"><img onerror=x>', "</td><a href=x>"])
def test_hostile_words_stay_words(hostile: str) -> None:
    made = marked(hostile, [(1, 4)]) + prose(
        [Block(lines=[hostile]), Block(rows=[[hostile], [hostile]])], hostile
    )
    page = BeautifulSoup(made, "lxml")
    names = {tag.name for tag in page.find_all(True)}
    assert names <= {
        "html",
        "body",
        "p",
        "div",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "mark",
    }
    assert page.get_text().count(hostile) == 4
    assert page.find_all(href=True) == []


def test_any_letters_come_through_as_they_are() -> None:
    rng = random.Random(7)
    for _ in range(300):
        text = "".join(chr(rng.choice((rng.randrange(33, 0xD7FF), 60, 62, 38))) for _ in range(30))
        made = prose([Block(lines=[text])], "")
        assert BeautifulSoup(made, "html.parser").get_text() == text + "\n"
