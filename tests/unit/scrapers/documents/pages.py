"""Invented pages of an article, whole or not."""

import json

TITLE = "새싹부, 나무 심기 넓힌다"
SENTENCES = [
    f"새싹부는 {n}일 들녘에서 나무를 심고 내년의 숲 가꾸기 방향을 논의했다고 밝혔다."
    for n in range(1, 9)
]
BODY = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
NEWS = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": TITLE,
    "datePublished": "2026-07-12T22:09:00+09:00",
    "author": [{"@type": "Person", "name": "홍길동"}, {"@type": "Person", "name": "김나무 기자"}],
    "publisher": {"@type": "Organization", "name": "나무일보"},
}


def page(body: str, head: str = "") -> bytes:
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode()


def ld(data: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>'


def article(*, head: str = "", body: str = BODY, foot: str = "") -> bytes:
    menu = "<nav><a href=/a>정치</a><a href=/b>경제</a></nav>"
    return page(f"{menu}<article><h1>{TITLE}</h1>{body}</article>{foot}", head)
