"""What the fuzzer begins with: documents and texts of our own, and those beside the project."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from html import escape
from pathlib import Path
from zoneinfo import ZoneInfo

from scrapers.documents.container import container_of
from scrapers.documents.model import DocumentError
from scrapers.documents.readers import read
from service.demo import hwpx, invent
from tests.fuzz import hwp5

SHARED = Path(__file__).parents[2].parent / "shared"
_BIGGEST = 500_000  # bytes; what is bigger is slow and no stranger
_KINDS = frozenset({".hwpx", ".hwp", ".pdf", ".html", ".HTML"})

RELEASE = """보도자료
보도시점\t2026. 5. 12.(화) 11:00 < 5. 13.(수) 조간 >\t배포\t2026. 5. 11.(월) 09:30
제3차 가람-누리 정책협의회 개최
- 수출 중소기업 서른 곳의 해외 판로를 돕기로 -

 중소벤처기업부(장관 가나다)와 외교부(장관 라마바)는 5월 12일(화) 서울에서 ‘2026년 제3차 \
가람-누리 정책협의회’를 열고 수출 중소기업의 판로를 넓히는 방안을 논의했다.
□ 두 부처는 한-몽골 경제협력 포럼에서 나온 의견 12건을 함께 다룬다.
 ㅇ 「중소기업 수출지원 종합계획」에 따라 상담회를 6월부터 열 번 연다.
구분\t2025년\t2026년
참여 기업(개사)\t1,204\t2,310
담당 부서\t중소벤처기업부\t책임자\t과  장\t가나다\t(044-000-1111)
\t해외판로과\t담당자\t사무관\t라마바\t(044-000-2222)
붙임 1. 협의회 개요 1부. 끝.
붙임 1\t협의회 개요
◦ 일시·장소: 2026. 5. 12.(화) 14:00~16:00, 서울 가온회관 3층
"""
CALL = """(참고) 가온 수출바우처 2차 참여기업 모집 공고
보도일시: 배포 즉시 / 배포일시 : '26. 3. 2.(월) 석간
중소벤처기업부는 수출을 희망하는 기업을 3월 2일부터 20일까지 모집한다고 밝혔다.
1. 신청기간: 2026. 3. 2.(월) ~ 3. 20.(금) 18:00까지 ※ 예산 소진 시 조기 마감
2. 신청방법: 누리집에서 온라인 접수 (상시 접수 아님)
3. 문의처: 가온진흥원 수출지원팀 홍길동 대리(☎ 02-000-3333/3334, gaon@example.kr)
구분 | 접수기간 | 규모
1차 | 1. 5. ~ 1. 23. | 30개사
2차 | 3. 2. ~ 3. 20. | 40개사
"""
REBUTTAL = """[설명자료] 가람신문 5월 11일자 보도 관련
이 자료는 배포 시부터 보도하여 주시기 바랍니다. (국회 의결 시)
< 언론 보도 내용 >
 5월 11일(월) 가람신문은 “한국형 계획이 늦어진다”고 보도했습니다.
< 설명 내용 >
 사실과 다릅니다. 산업통상부(舊 산업통상자원부)는 ’26. 4. 30. 14시 30분 발표한 대로 추진합니다.
이 자료와 관련하여 보다 자세한 내용이나 취재를 원하시면 산업통상부 무역정책관실 무역진흥과
가나다 사무관(☎044-000-4444)에게 연락주시기 바랍니다.
- 1 -
"""
ARTICLE = """[속보] 가온 상담회 열려…“판로 넓힌다” (종합)
입력 2026-05-12 11:03 수정 2026-05-12 12:10
홍길동 기자 gildong@paper.example
▲ 상담회장 전경. 사진=가온일보
(서울=가온뉴스) 홍길동 기자 = 외교부는 12일 서울에서 수출 상담회를 열었다고 밝혔다.
상담회에는 바이어 스무 명이 참석했으며 &quot;성과가 있었다&quot;고 관계자는 말했다.
좋아요 12 슬퍼요 3 공유하기 카카오톡 URL 복사
ⓒ 가온일보, 무단 전재 및 재배포 금지
관련기사
댓글 3
"""
BROKEN = """보 도 자 료
보 도 시 점
2026. 5. 12.(화) 12:00
배 포 일 시
중소기업의 해외 판로를 넓히기 위하여 정부가 나서서 수출 상담회를 여러 번 열고
바이어를 초청하여 만나는 자리를 마련하며 이를 통해 올해 안에 서른 곳이 수출 계
약을 맺도록 돕겠다고 밝혔다.\ue000 정부는
- 2 -
담당부서 과 장 가 나 다 (044) 000-5555 / 사 무 관 라마바 010-0000-0000
"""
_PAGE = """<!doctype html><html lang="ko"><head><meta charset="utf-8">
<title>{title} - 가온일보</title>
<meta property="og:type" content="article"><meta property="og:site_name" content="가온일보">
<meta property="article:published_time" content="2026-05-12T11:03:00+09:00">
<link rel="canonical" href="https://paper.example/20260512/1">
<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "{title}",
"datePublished": "2026-05-12T11:03:00+09:00", "author": [{{"name": "홍길동 기자"}}],
"publisher": {{"name": "가온일보"}}}}</script></head><body><nav><a href="/">홈</a></nav>
<article><h1>{title}</h1><time datetime="2026-05-12">입력 2026.05.12 11:03</time>{body}</article>
<table><tr><th>구분</th><td>1</td></tr><tr><td colspan="2">2</td></tr></table>
<script id="__NEXT_DATA__">self.push({{"props": {{"title": "{title}", "content": "{body}",
"publishedAt": "2026-05-12 11:03", "writerName": "홍길동"}}}})</script>
<footer>ⓒ</footer></body></html>"""


@cache
def texts() -> tuple[str, ...]:
    """Releases and articles of our own; and those kept beside the project."""
    start = datetime(2026, 5, 11, 9, tzinfo=ZoneInfo("Asia/Seoul"))
    invented = (release.text for release in invent.releases(3, 12, start, 9))
    kept = (path.read_text("utf-8") for path in sorted((SHARED / "seeds").glob("*.txt")))
    own = (RELEASE, CALL, REBUTTAL, ARTICLE, BROKEN)
    return (*own, *own, *invented, *kept)


@cache
def documents() -> Mapping[str, tuple[bytes, ...]]:
    """Documents by their kind, of our own first; each of the others is as long as most are."""
    found: dict[str, list[bytes]] = {"hwpx": [], "hwp": [], "pdf": [], "html": [], "text": []}
    for content in (*_own(), *_kept()):
        try:
            found[container_of(content)].append(content)
        except DocumentError:
            found["text"].append(content)  # what is refused is worth a try, too
    return {kind: tuple(each) for kind, each in found.items()}


@cache
def text_of(content: bytes) -> str:
    """What a document says, ``""`` where it says nothing."""
    try:
        return read(content).text
    except DocumentError:
        return ""


def _kept() -> Iterator[bytes]:
    for path in sorted((SHARED / "data").rglob("*")):
        if path.suffix in _KINDS and path.stat().st_size <= _BIGGEST:
            yield path.read_bytes()


def _own() -> Iterator[bytes]:
    for text in (RELEASE, CALL):
        blocks = [_row(line) for line in text.split("\n")]
        yield hwpx.write(blocks)
        yield hwp5.document(text.split("\n"))
    yield hwpx.write(["가"], locked=True)
    yield _pdf("BT /F 11 Tf 50 750 Td (Release 2026. 5. 12. 044-000-0000) Tj 0 -14 Td (more) Tj ET "
               "50 700 400 90 re S 50 720 m 450 720 l S 250 700 m 250 790 l S")  # fmt: skip
    body = "".join(f"<p>{escape(line)}</p>" for line in ARTICLE.split("\n") * 3)
    page = _PAGE.format(title="가온 상담회 열려", body=body)
    yield page.encode()
    yield page.replace("utf-8", "euc-kr").encode("cp949", "replace")
    rows = "".join(f"<tr><td>{line}</td><td>1</td></tr>" for line in RELEASE.split("\n"))
    yield f"<html><body><div><table>{rows}</table></div><p>{CALL}</p></body></html>".encode()
    yield from (text.encode(code) for text in (RELEASE, BROKEN) for code in ("utf-8", "utf-16"))


def _row(line: str) -> hwpx.Block:
    return [line.split("\t")] if "\t" in line else line


def _pdf(content: str) -> bytes:
    squeezed = zlib.compress(content.encode())
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R"
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n"
        b"3 0 obj" + page + b"/Resources<</Font<</F 5 0 R>>>>>>endobj\n"
        b"4 0 obj<</Filter/FlateDecode/Length " + str(len(squeezed)).encode() + b">>stream\n"
        + squeezed + b"\nendstream endobj\n"
        b"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Root 1 0 R>>"
    )  # fmt: skip
