"""Draws docs/mail.png: one invented alert as a mail, by day and by night, 360 px wide each.

``.venv/bin/python .ci/show_mail.py > mail.html`` and then ``chromium --headless --hide-scrollbars
--force-device-scale-factor=2 --window-size=776,840 --screenshot=docs/mail.png mail.html``.
"""
# ruff: noqa: INP001

from __future__ import annotations

import sys
from html import escape

from notifier.letter import letter
from notifier.mail.sheet import html
from notifier.model import Alert, File, Hit, Links, Message

ALERT = Alert(
    subscription="수출 지원 소식",
    title="수출 중소기업 해외 물류비 지원 2차 모집",
    url="https://news.example.go.kr/release/1024",
    publisher="산업통상부",
    source="motir_press",
    published_at="2026-08-03T09:30:00+09:00",
    published_precision="minute",
    summary="",
    hits=(
        Hit(
            "(수출 | 통상) & 물류비",
            "…올해 수출 중소기업의 물류비 지원 한도를 업체당 2천만 원으로 올린다…",
            ((4, 6), (13, 16)),
        ),
        Hit("기관:산업통상부", ""),
    ),
    kind="notice",
    embargo="엠바고 8월 4일 06:00까지",
    apply_by="2026-08-31 18:00",
    days_left=28,
    topics=("수출·통상", "중소기업"),
    contacts=("수출지원과 홍길순 사무관 044-000-0000",),
    files=(File("2차 모집 공고문.hwpx", "https://news.example.go.kr/file/1.hwpx"),),
    extract="수출 중소기업의 물류비 지원 한도를 업체당 2천만 원으로 올린다. "
    "8월 31일 18시까지 신청을 받는다.",
    dismiss="https://pabal.example/dismiss/1",
)
FRAME = '<iframe width="360" height="792" style="border:0;border-radius:12px" srcdoc="{}"></iframe>'


def main() -> None:
    """Write a page with both."""
    links = Links("https://pabal.example/end/1", "https://pabal.example/mine/1")
    day = html(letter(Message("msg_1", "", None, ALERT, 1, links=links)))
    night = day.replace("(prefers-color-scheme: dark)", "all")
    frames = "\n".join(FRAME.format(escape(each)) for each in (day, night))
    sys.stdout.write(
        '<!doctype html><meta charset="utf-8"><body style="margin:20px;display:flex;gap:16px;'
        f'background:#8b96a5">{frames}'
    )


if __name__ == "__main__":
    main()
