import time

import pytest

from scrapers.documents.wraps import join


@pytest.mark.parametrize(
    ("text", "after", "whole"),
    [
        ("대책을 ", "발표했다", "대책을 발표했다"),
        ("대책을", "발표했다", "대책을 발표했다"),
        ("발표", "했다고 밝혔다", "발표했다고 밝혔다"),
        ("서울", "에서 열린", "서울에서 열린"),
        ("부산·", "울산", "부산·울산"),
        ("4월 13일", "(월)부터", "4월 13일(월)부터"),
        ("예산 22조", "3,752억", "예산 22조 3,752억"),
        ("행사", ", 그리고", "행사, 그리고"),
        ("", "처음", "처음"),
    ],
)
def test_a_blank_stands_between_words_and_not_within_them(
    text: str, after: str, whole: str
) -> None:
    assert join(text, after) == whole


def test_hostile_lines_take_no_time() -> None:
    begun = time.process_time()
    for letter in ("가", "(", " ", "다."):
        join(letter * 100_000, letter * 100_000)
    assert time.process_time() - begun < 10
