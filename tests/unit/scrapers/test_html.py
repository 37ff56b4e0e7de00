from html import escape

import pytest
from bs4 import BeautifulSoup

from scrapers import html
from scrapers.errors import LayoutError


def text(markup: str) -> str:
    return html.text_of(html.parse(markup))


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>가</p><p>나</p>", "가\n나"),
        ("가<br>나<br><br><br><br>다", "가\n나\n\n다"),
        ("<p><span>기후</span><b>에너지</b>부 는</p>", "기후에너지부 는"),
        ("<p> 가\n\t나&nbsp;&nbsp;다\u200b </p>", "가 나 다"),
        ("<div><div><p>가</p></div></div><div>나</div>", "가\n나"),
        (
            "<table><tr><th>구분</th><td>값</td></tr><tr><td>1</td><td>2</td></tr></table>",
            "구분\t값\n1\t2",
        ),
        ("<table><tr><td><p>가</p><p>나</p></td><td>다<br>라</td></tr></table>", "가 나\t다 라"),
        ("<table><tr><td><p>가</p><p>나</p></td></tr></table>", "가\n나"),
        ("<p>가</p><script>나()</script><style>p{}</style><!-- 다 --><iframe>라</iframe>", "가"),
        ("<ul><li>가</li><li>나</li></ul>", "가\n나"),
        ("가 &#55357;&#56832;&#xD83D;&#xde00; 나&#11; &#55357; 다", "가 😀😀 나 다"),
    ],
)
def test_text_reads_as_a_person_sees_it(markup: str, expected: str) -> None:
    assert text(markup) == expected


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("E&amp;amp;S", "E&S"),
        ("&#039;가&#039; &quot;나&quot;", "'가' \"나\""),
        ("&lt;p&gt;가&lt;/p&gt;&lt;p&gt;나&lt;/p&gt;", "가\n나"),
        ("<속보> 가", "<속보> 가"),
        ("&lt;AI 기본법&gt; 설명회", "<AI 기본법> 설명회"),
        ("<AI 기본법> 설명회", "<AI 기본법> 설명회"),
        ("<b>가</b>나 3 < 5", "가나 3 < 5"),
        ("첫 줄&lt;br /&gt;둘째 &amp;#034;줄&amp;#034;", '첫 줄\n둘째 "줄"'),
        ("&amp;amp;amp;", "&amp;"),
        ("https://a.kr/b.html", "https://a.kr/b.html"),
        ("가\ud83d나", "가나"),
    ],
)
def test_a_field_is_unescaped_twice_at_most(field: str, expected: str) -> None:
    assert html.plain(field) == expected


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (
            '<table><colgroup><col style="width:9%" /><col></colgroup><tr><td>가<td>나</table>',
            "가\t나",
        ),
        (
            '<?xml:namespace prefix = o ns = "urn:office" />수출<o:p></o:p> 지원<o:p>&nbsp;</o:p>',
            "수출 지원",
        ),
        (
            "<v:shape id=a><v:imagedata src=b></v:shape>수출<w:wrap/> <st1:place>서울</st1:place>",
            "수출 서울",
        ),
        ("<!DOCTYPE html><![if !supportEmptyParas]>수출<![endif]>", "수출"),
        ("<del>11월</del> <ins>12월</ins><wbr><mark>말</mark>까지", "11월 12월말까지"),
        (
            "<center>수출</center><LABEL for='a'>지원</LABEL><input disabled><s\nclass=b>끝</s>",
            "수출\n지원끝",
        ),
        ("수출 <span style='font-family:바탕", "수출"),
    ],
)
def test_no_element_that_a_publisher_may_write_becomes_text(field: str, expected: str) -> None:
    assert html.plain(field) == expected
    assert html.plain(escape(f"<p>{field}")) == expected


@pytest.mark.parametrize(
    "title",
    [
        "<KOTRA> 상담회",
        "<K-뷰티> 수출",
        "<2026 수출 사업> 공고",
        "<S-OIL> 실적, <P-CBO> 발행, <A·B> 협력",
        "<Q&A> 신청 방법",
        "<LINK 3.0> 사업과 <data 기반 행정>",
        "<AI:허브> <P:봄>",
        "수출 < 수입, 3<5",
    ],
)
def test_what_stands_in_angle_brackets_and_is_no_element_stays(title: str) -> None:
    assert html.plain(title) == title
    assert html.plain(escape(f"<p>{title}</p>")) == title


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("美 <TIME> 올해의 발명 선정", "美 <TIME> 올해의 발명 선정"),
        ("<A>등급 기업, <S>등급", "<A>등급 기업, <S>등급"),
        ("국립미술관 <Style> 전시 개최", "국립미술관 <Style> 전시 개최"),
        ("<select> 10선", "<select> 10선"),
        ("<Object>전 &amp;amp; <I am>, <B to B>", "<Object>전 & <I am>, <B to B>"),
        ("<b>수출</b> <B>바우처<br>참여 <i>기업", "수출 바우처 참여 기업"),
        ("<p class=a>수출<sup>2</sup></p> <a href='/x'>지원</a><img src=a>", "수출2 지원"),
        ("<u>수출</u><script>x()</script><center>지원</center>", "수출 지원"),
        ("&lt;b&gt;수출&lt;/b&gt; &amp;#34;지원&amp;#34;", '수출 "지원"'),
    ],
)
def test_a_word_of_a_title_that_looks_like_an_element_stays(field: str, expected: str) -> None:
    assert html.line(field) == expected


def test_an_element_is_counted() -> None:
    soup = BeautifulSoup("<p>가</p><p>나</p><b>다</b>", "lxml")

    assert html.one(soup, "b", "u").get_text() == "다"
    assert html.at_most_one(soup, "i", "u") is None
    with pytest.raises(LayoutError, match="expected one 'p', found 2"):
        html.one(soup, "p", "u")
    with pytest.raises(LayoutError, match="expected one 'p', found 2"):
        html.at_most_one(soup, "p", "u")


def test_deep_nesting_is_survived() -> None:
    assert text("<div>" * 50_000 + "가" + "</div>" * 50_000) == "가"
