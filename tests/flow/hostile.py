"""What a hostile publisher answers, and what each answer is told as."""

from __future__ import annotations

import gzip

from tests.flow.sites import LIST, Answer, cut, listing, moved, page, reset, row, silence, stream

TOTAL = 2.0  # seconds one fetch may take here: on a busy machine an ordinary one takes one

BOMB = gzip.compress(b"\0" * (20 * 2**20))
ERROR_PAGE = "<html><title>시스템오류 | 오류안내</title><body>잠시 후 다시</body></html>"
CHALLENGE = "<html><title>Just a moment...</title><script>_cf_chl_opt={}</script></html>"
HOSTILE: dict[str, tuple[Answer, str, str]] = {
    "500": (page("", "500 Oops"), "server", "status 500"),
    "503 with Retry-After": (
        page("", "503 No", "Retry-After: 0"),  # the next look comes at once
        "throttled", "status 503",
    ),
    "404": (page("", "404 Not Found"), "gone", "status 404"),
    "403": (page("", "403 Forbidden"), "disallowed", "status 403"),
    "no answer": (silence, "unreachable", f"no whole answer within {TOTAL:g}"),
    "a reset": (reset, "unreachable", "Error"),
    "a drip without end": (
        stream(b"<", 10_000, 0.05),
        "unreachable", "no whole answer within",
    ),
    "a body cut short": (cut, "server", "the body stopped half way"),
    "100 MB": (stream(b"x" * 2**20, 100, 0), "too-large", "over 2097152 bytes"),
    "100 MB, announced": (
        stream(b"x", 1, 0, "Content-Length: 104857600"),
        "too-large", "104857600 bytes announced",
    ),
    "a gzip bomb": (
        page(BOMB, "200 OK", "Content-Encoding: gzip"),
        "too-large", "times its sent size",
    ),
    "gzip that is none": (
        page("<html></html>", "200 OK", "Content-Encoding: gzip"),
        "layout", "not the gzip it says",
    ),
    "a redirect loop": (moved(LIST), "redirect", "a redirect loop"),
    "a redirect into the house": (
        moved("http://169.254.169.254/meta"), "redirect", "leaves ill.go.kr",
    ),
    "a redirect to a file": (
        moved("file:///etc/passwd"),
        "redirect", "file:///etc/passwd",
    ),
    "neither charset": (
        page(listing(row(9)).encode("utf-16-be")[1:] + b"\xff\xff"),
        "layout", "neither UTF-8 nor CP949",
    ),
    "half a page": (
        page(listing(row(9))[:-20]),
        "cut-off", "stopped half way: no </html>",
    ),
    "an error page with 200": (page(ERROR_PAGE), "error-page", "오류안내"),
    "a browser check": (page(CHALLENGE), "challenge", "in place of the page"),
    "an empty list": (
        page(listing()),
        "empty", "expected at least one 'ul.list > li'",
    ),
    "another layout": (
        page(listing(row(9)).replace("span", "em")), "layout", "expected one 'span'",
    ),
    "all dates in 2099": (
        page(listing(row(9, "2099-01-01"))),
        "layout", "no row has a date that can be read",
    ),
}  # fmt: skip
"""By behaviour: the answer, class and name of what it is told as, and words of its cause."""
