import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.workshop.neutral import Neutral

PAGE = (
    "[공지사항] 홍길동 과장(044-000-1234, gildong@molit.example)은 <b title='홍길동'>2026년</b> "
    "SMEs 지원을 밝혔다. https://a.example/?q=%ED%99%8D%EA%B8%B8%EB%8F%99 붙임_홍길동.HWPX 文化"
)


@pytest.fixture
def neutral() -> Neutral:
    return Neutral(['td:-soup-contains("공지")', "span.date"])


def test_no_word_number_or_address_of_a_person_is_left(neutral: Neutral) -> None:
    made = neutral.text(PAGE)

    for each in ("홍길동", "과장", "밝혔다", "gildong", "molit", "1234", "文化", "%ED%99%8D"):
        assert each not in made


def test_length_and_shape_stay(neutral: Neutral) -> None:
    def shape(text: str) -> str:
        plain = re.sub(r"%\w\w", "", text)
        return re.sub("[A-Z]", "A", re.sub("[a-z]", "a", re.sub("[가-힣]", "가", plain)))

    text = PAGE.replace("文化", "").replace("1234", "0000").replace("044", "000")

    assert shape(neutral.text(text)) == shape(text)


def test_what_a_declaration_looks_for_stays_within_a_word_too(neutral: Neutral) -> None:
    made = neutral.text("공지사항 공지 date Date")

    assert re.fullmatch(r"공지(?!사항)[가-힣]{2} 공지 date (?!Date)[A-Z][a-z]{3}", made)


def test_markup_entities_extensions_and_numbers_stay(neutral: Neutral) -> None:
    made = neutral.text(
        '<a href="/view?id=77">가나다</a> &quot;라마&quot; &amp;amp; 2026.11.20 a.pdf'
    )

    assert re.fullmatch(
        r'<a href="/view\?id=77">[가-힣]{3}</a> &quot;[가-힣]{2}&quot; &amp;amp; '
        r"2026\.11\.20 a\.pdf",
        made,
    )


def test_the_same_word_is_always_the_same_and_two_differ(neutral: Neutral) -> None:
    first, second = neutral.text("우체국"), neutral.text("소방서")

    assert neutral.text("우체국") == first != second


@pytest.mark.parametrize(
    "number", ["044−203−1234", "+82-44-203-1234", "0507-1234-5678", "1588-1234"]
)
def test_no_number_of_a_telephone_is_left(neutral: Neutral, number: str) -> None:
    assert set(re.findall(r"\d", neutral.text(f"({number})"))) == {"0"}


def test_in_code_only_hangul_and_what_names_somebody_goes(neutral: Neutral) -> None:
    code = "fn_view('91','홍길동'); a;jsessionid=0AF3?x=1 tel:02-000-1234 mailto:gildong@a.example"
    made = neutral.code(code)

    assert re.fullmatch(
        r"fn_view\('91','[가-힣]{3}'\); a;jsessionid=0\?x=1 "
        r"tel:00-000-0000 mailto:someone@a\.example",
        made,
    )


@pytest.mark.parametrize("encoding", ["utf-8", "cp949"])
def test_percent_code_is_replaced_in_its_own_encoding(neutral: Neutral, encoding: str) -> None:
    written = "".join(f"%{byte:02X}" for byte in "홍길동".encode(encoding))
    made = neutral.code(f"?name={written}&id=%7B7%7D")

    found = re.fullmatch(r"\?name=((?:%[0-9A-F]{2})+)&id=%7B7%7D", made)
    assert found
    assert found[1] != written
    assert len(bytes.fromhex(found[1].replace("%", "")).decode(encoding)) == 3


def test_escaped_units_are_replaced_as_units(neutral: Neutral) -> None:
    made = neutral.code("unescape('%uD64D%uAE38') '\\uD64D' %u0020")

    assert re.fullmatch(r"unescape\('(?:%u[0-9a-f]{4}){2}'\) '\\u[0-9a-f]{4}' %u0020", made)
    assert "%uD64D" not in made


@given(st.text(max_size=200))
def test_any_text_is_taken(text: str) -> None:
    neutral = Neutral(["공지", "가"])

    neutral.code(neutral.text(text))


def test_long_hostile_text_takes_no_more_than_its_length() -> None:
    neutral = Neutral(["공지"])
    begun = time.process_time()
    for piece in [
        "<",
        "가",
        "a%",
        "&",
        "0-",
        "a@",
        ".",
        "%41",
        "%uD64D",
        "<a",
        "https://",
        "&amp;",
        ";jsessionid=",
        "010-0000-",
    ]:
        neutral.text(piece * 20_000)
        neutral.code(piece * 20_000)
    assert time.process_time() - begun < 10
