import json

import pytest

from scrapers.documents.html import read_html
from scrapers.documents.model import Facts
from scrapers.model import Moment
from tests.unit.scrapers.documents.pages import BODY, NEWS, SENTENCES, TITLE, article, ld, page


def written(moment: Moment | None) -> str | None:
    return moment.at.isoformat() if moment else None


def test_an_article_is_its_body_without_the_page() -> None:
    document = read_html(article(head=ld(NEWS), foot="<footer>나무일보 서울 나무로 1</footer>"))

    assert document.container == "html"
    assert document.parser == "trafilatura"
    assert [line for line in document.text.split("\n") if line != TITLE] == SENTENCES


def test_json_ld_says_what_an_article_is() -> None:
    document = read_html(article(head=ld(NEWS)))

    assert document.facts == Facts(
        title=TITLE,
        published=document.facts.published,
        byline="홍길동, 김나무",
        outlet="나무일보",
        article=True,
    )
    assert written(document.facts.published) == "2026-07-12T22:09:00+09:00"


@pytest.mark.parametrize(
    "data",
    [
        {"@context": "x", "@graph": [{"@type": "WebSite"}, NEWS]},
        [{"@type": "BreadcrumbList", "itemListElement": [{"name": "홈"}]}, NEWS],
        {**NEWS, "@type": ["Article", "NewsArticle"]},
        {**NEWS, "@type": "ReportageNewsArticle"},
        {**NEWS, "author": {"name": "홍길동, 김나무"}},
        {**NEWS, "author": ["홍길동 기자", "김나무"]},
    ],
)
def test_json_ld_is_found_however_it_is_nested(data: object) -> None:
    facts = read_html(article(head=ld(data))).facts

    assert (facts.title, facts.byline, facts.article) == (TITLE, "홍길동, 김나무", True)


def test_broken_json_ld_is_passed_over() -> None:
    broken = (
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"가 "나" 다"</script>'
    )

    assert read_html(article(head=broken)).facts.article is False
    assert read_html(article(head=broken + ld(NEWS))).facts.title == TITLE


def test_meta_elements_stand_in_for_json_ld() -> None:
    head = (
        '<meta property="og:type" content="article">'
        f'<meta property="og:title" content="{TITLE} &amp;amp; 숲 - 나무일보">'
        '<meta property="og:site_name" content="나무일보">'
        '<meta name="author" content="나무일보"><meta name="author" content="홍길동 기자 외 1명">'
        '<meta property="article:published_time" content="2025-05-15T20:00:52.000+0900">'
    )

    facts = read_html(article(head=head)).facts

    assert facts.title == f"{TITLE} & 숲"
    assert (facts.byline, facts.outlet, facts.article) == ("홍길동", "나무일보", True)
    assert written(facts.published) == "2025-05-15T20:00:52+09:00"


@pytest.mark.parametrize(
    ("title", "bare"),
    [
        ("나무 심는다 - 나무일보", "나무 심는다"),
        ("나무 심는다 | 나무일보", "나무 심는다"),
        ("나무 심는다-정치ㅣ나무일보", "나무 심는다"),
        ("나무 심는다 : 뉴스 : 동아닷컴", "나무 심는다"),
        ("나무 심는다 :: 한국무역신문", "나무 심는다"),
        ("나무 심는다 &lt; 경제 &lt; 나무 일보", "나무 심는다"),
        ("나무 심는다 - 경제", "나무 심는다 - 경제"),
        ("나무 심는다 - 바다로", "나무 심는다 - 바다로"),
        ("나무일보", "나무일보"),
        ("- 나무일보", "- 나무일보"),
    ],
)
def test_only_the_name_of_an_outlet_or_its_section_is_cut_from_a_title(
    title: str, bare: str
) -> None:
    head = f'<title>{title}</title><meta property="og:site_name" content="나무일보">'

    assert read_html(article(head=head)).facts.title == bare


@pytest.mark.parametrize(
    ("marks", "at"),
    [
        ('<time datetime="2026-01-02T10:00:00+09:00">방금</time>', "2026-01-02T10:00:00+09:00"),
        ("<p>입력 2026.01.02 10:00 수정 2026.01.03 11:00</p>", "2026-01-02T10:00:00+09:00"),
        (
            '<link rel="canonical" href="https://www.yna.co.kr/view/AKR20260102123400001">',
            "2026-01-02T00:00:00+09:00",
        ),
        ("<p>입력 1시간 전</p><p>2026.01.02 개최</p>", None),
    ],
)
def test_the_time_is_read_where_a_reader_sees_it_or_from_the_address(
    marks: str, at: str | None
) -> None:
    assert written(read_html(page(f"{marks}{BODY}")).facts.published) == at


STORY = {
    "articleId": "A1",
    "title": f"<b>{TITLE}</b>",
    "subTitle": "숲 가꾸기 넓혀<br>내년 시작",
    "contentHtml": f"{BODY}$$AD$$",
    "deployDt": "2026.01.29 18:40",
    "reDeployDt": "2026.01.30 09:00",
    "writerDisplay": "홍길동 기자",
}


@pytest.mark.parametrize(
    "script",
    [
        f'<script id="__NEXT_DATA__">{json.dumps({"props": {"page": STORY}})}</script>',
        f'<script>window["_Q"]=window["_Q"]||[];window["_Q"].push({json.dumps([STORY])});</script>',
    ],
)
def test_a_page_drawn_in_the_browser_keeps_its_article_in_a_script(script: str) -> None:
    document = read_html(page("<div id=root>불러오는 중</div>", script))

    assert document.text.split("\n") == ["숲 가꾸기 넓혀", "내년 시작", *SENTENCES]
    assert (document.facts.title, document.facts.byline) == (TITLE, "홍길동")
    assert written(document.facts.published) == "2026-01-29T18:40:00+09:00"
    assert document.facts.article is True


def test_half_an_emoji_at_the_end_of_what_a_script_says_is_dropped() -> None:
    cut = {name: f"{value}\ud83d" for name, value in STORY.items()}
    drawn = read_html(page("불러오는 중", f"<script>push({json.dumps([cut])})</script>"))
    told = read_html(
        article(
            head=ld(NEWS).replace(f'"{TITLE}"', f'"{TITLE}\\ud83d"'),
        )
    )

    assert drawn.text.split("\n") == ["숲 가꾸기 넓혀", "내년 시작", *SENTENCES]
    assert (drawn.facts.title, told.facts.title) == (TITLE, TITLE)


def test_an_emoji_in_an_article_that_java_wrote_as_two_numbers_is_one_letter() -> None:
    body = BODY.replace("들녘", "들녘&#55356;&#57138;")
    assert read_html(article(head=ld(NEWS), body=body)).text.count("들녘🌲에서") == len(SENTENCES)


def test_letters_that_nobody_sees_are_dropped_from_text_and_facts() -> None:
    head = ld({**NEWS, "headline": f"{TITLE}\x06\u200b", "author": "홍길동\x1f 기자"})
    document = read_html(article(head=head, body=f"{BODY}<p>끝맺는 말이다.&#6;\x07&#xe123;</p>"))

    assert (document.facts.title, document.facts.byline) == (TITLE, "홍길동")
    assert document.text.endswith("끝맺는 말이다.")


def test_a_story_in_parts_is_joined() -> None:
    parts: list[dict[str, str]] = [{"type": "text", "content": line} for line in SENTENCES]
    story = {
        "title": TITLE,
        "author": "홍길동 기자",
        "contentArrange": [*parts, {"type": "image", "content": "https://img.example/1.jpg"}],
    }

    document = read_html(page("", f"<script>x({json.dumps(story)})</script>"))

    assert [line for line in document.text.split("\n") if line] == SENTENCES


CONTACTS = (
    "<table><tr><th>담당 부서</th><td>나무과</td><th>책임자</th><td>과 장</td><td>홍길동</td>"
    "<td>(044-000-0000)</td></tr><tr><td></td><td></td><th>담당자</th><td>사무관</td><td>김나무</td>"
    "<td>(044-000-0001)</td></tr></table>"
)


def test_a_release_page_is_read_whole_with_its_tables() -> None:
    menu = "<div id=gnb><ul><li><a href=/1>알림</a></li><li><a href=/2>정책</a></li></ul></div>"
    head = (
        '<meta property="og:type" content="article"><meta name="author" content="홍길동 기자">'
        '<meta property="og:url" content="https://www.korea.kr/briefing/1">'
    )

    document = read_html(page(f"{menu}<div class=view>{BODY}{CONTACTS}</div>", head))

    assert document.parser == "beautifulsoup4"
    assert document.facts.article is False
    assert document.tables == 1
    assert document.text.split("\n") == [
        *SENTENCES,
        "담당 부서\t나무과\t책임자\t과 장\t홍길동\t(044-000-0000)",
        "담당자\t사무관\t김나무\t(044-000-0001)",
    ]


def test_a_page_of_a_document_viewer_is_text_alone() -> None:
    body = (
        f'<div class="p">보도자료</div>{BODY}<style>p{{}}</style><script>var x;</script>{CONTACTS}'
    )

    lines = read_html(page(body)).text.split("\n")

    assert lines[0] == "보도자료"
    assert lines[1:9] == SENTENCES
    assert len(lines) == 11


@pytest.mark.parametrize("label", ["euc-kr", "ks_c_5601-1987", "utf-8"])
def test_a_page_in_cp949_is_read_whatever_it_calls_itself(label: str) -> None:
    head = f'<meta charset="{label}">{ld(NEWS)}'
    body = BODY.replace("들녘", "똠방각하")

    content = article(head=head, body=body).decode().encode("cp949")

    assert "똠방각하" in read_html(content).text
    assert read_html(content).facts.title == TITLE
