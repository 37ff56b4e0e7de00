"""www.korea.kr, the portal of all ministries: list, view, document viewer and downloads.

The view page holds no text: that is in the document viewer, over one or more pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlencode

from service.demo.sites import files
from service.demo.sites.web import NOT_FOUND, Ask, Reply, conditional, ids, number, text
from service.demo.world import Release, World
from service.reading.publishers import Registry

_ROWS = 20
_PART_LENGTH = 3000
_LEAD_LENGTH = 200
_BLOCK = 10
_FILES_A_RELEASE = 10

_RUN = 37  # letters of a line in the viewer
REP_CODES = {body.name: body.rep_code for body in Registry.load() if body.rep_code}
"""repCode of each ministry, as the list filters by it."""

_MINISTRIES = {code: ministry for ministry, code in REP_CODES.items()}
_STATE = ("repCodeType", "repCode", "startDate", "endDate", "srchWord", "period")
_PART = re.compile(r"/docViewer/result/\d{4}\.\d\d/\d\d/(\d+)/\1\.hwpx\.files/(\d+)\.html")
_LEAD_SPACE = re.compile(r"\s*\n\s*")


def answer(world: World, ask: Ask) -> Reply:
    """Whatever the portal says to one GET."""
    if ask.path == "/robots.txt":
        return Reply(b"User-agent: *\nAllow: /\n", "text/plain")
    if ask.path == "/briefing/pressReleaseList.do":
        return _list(world, ask)
    if ask.path == "/briefing/pressReleaseView.do":
        release = world.find("korea_kr", number(ask.query.get("newsId")))
        return _view(release) if release else NOT_FOUND
    if ask.path == "/common/download.do":
        return _download(world, number(ask.query.get("fileId")))
    if part := _PART.fullmatch(ask.path):
        release = world.find("korea_kr", int(part[1]))
        return _part(release, int(part[2])) if release else NOT_FOUND
    return NOT_FOUND


def _parts(value: str) -> list[str]:
    """``value`` broken at line ends into pages of about PART_LENGTH characters, at least one."""
    pages, page, length = [], list[str](), 0
    for line in value.split("\n"):
        if page and length + len(line) > _PART_LENGTH:
            pages.append("\n".join(page))
            page, length = [], 0
        page.append(line)
        length += len(line) + 1
    return [*pages, "\n".join(page)]


def _list(world: World, ask: Ask) -> Reply:
    page = max(1, number(ask.query.get("pageIndex"), 1))
    asked = ask.query.get("repCode")
    codes = asked.split(",") if asked else []
    among = frozenset(_MINISTRIES[code] for code in codes if code in _MINISTRIES)
    ministries = among if codes else None
    total = world.total("korea_kr", ministries=ministries)
    releases = world.newest("korea_kr", _ROWS, skip=(page - 1) * _ROWS, ministries=ministries)
    state = {name: ask.query.get(name, "") for name in _STATE}
    rows = "".join(_row(release, page, state) for release in releases)
    body = f"""{_HEAD.format(title="보도자료 | 대한민국 정책브리핑", meta="")}
<form id="mainForm" name="mainForm" method="post" action="/briefing/pressReleaseList.do">
{_hidden({"pageIndex": str(page), **state})}
</form>
<div class="article_body"><h2><strong>보도자료</strong></h2>
<div class="sch_brief"><div class="result"> 총 <strong>{total}</strong>건</div></div>
<div class="list_type"><ul>
{rows}</ul></div>
<div class="paging">
{_paging(page, max(1, -(-total // _ROWS)))}
</div></div>
{_FOOT}"""
    reply = Reply(body.encode(), shown=ids(releases))
    return conditional(ask, reply) if page == 1 else reply


def _hidden(fields: Mapping[str, str]) -> str:
    return "\n".join(
        f'<input type="hidden" id="{name}" name="{name}" value="{text(value)}">'
        for name, value in fields.items()
    )


def _row(release: Release, page: int, state: Mapping[str, str]) -> str:
    query = urlencode({"newsId": release.id, "pageIndex": page, **state})
    lead = _LEAD_SPACE.sub("", release.text)
    lead = f"{lead[:_LEAD_LENGTH]}···" if len(lead) > _LEAD_LENGTH else lead
    return f"""<li><a href="/briefing/pressReleaseView.do?{text(query)}">
<span class="text"><strong style="overflow-wrap: break-word;">{text(release.title)}</strong>
<span class="lead is-truncated" style="overflow-wrap: break-word;">
{text(lead)}</span>
<span class="source">
<span>{release.published:%Y.%m.%d}</span>
<span>{text(release.ministry)}</span>
</span></span></a></li>
"""


def _paging(page: int, pages: int) -> str:
    """Ten numbers at a time, between first, previous, next and last."""
    page = min(page, pages)
    start = (page - 1) // _BLOCK * _BLOCK + 1
    end = min(start + _BLOCK, pages + 1)
    numbers = "".join(
        '<span class="num on"><a href="#pageLink" onclick="return false;" class="on" '
        f'title="현재페이지">{n}</a></span>'
        if n == page
        else f'<span class="num">{_page_link(n, "", f"{n}페이지", str(n))}</span>'
        for n in range(start, end)
    )
    first = _page_link(1, "first", "", '<span class="sr-only">첫 페이지로 이동</span>')
    before = _page_link(max(1, start - 1), "prev", "", '<span class="sr-only">이전페이지</span>')
    after = _page_link(min(end, pages), "next", "", '<span class="sr-only">다음페이지</span>')
    last = _page_link(pages, "last", "", '<span class="sr-only">마지막 페이지로 이동</span>')
    return first + before + numbers + after + last


def _page_link(page: int, kind: str, title: str, label: str) -> str:
    attributes = "".join(f' {k}="{v}"' for k, v in (("class", kind), ("title", title)) if v)
    return f'<a{attributes} href="#pageLink" onclick="pageLink({page}); return false;">{label}</a>'


def _view(release: Release) -> Reply:
    code = REP_CODES.get(release.ministry, "")
    folder = f"/docViewer/result/{release.published:%Y.%m/%d}/{release.id}"
    # The real page escapes its og:title twice.
    meta = f"""<meta property="og:title" content="{text(text(release.title))} | 정책브리핑">
<meta property="article:published_time" content="{release.published.isoformat("T", "seconds")}">
"""
    title = f"{text(release.title)} | 대한민국 정책브리핑"
    listed = "\n".join(_file(release, index) for index in range(len(release.files)))
    return Reply(
        f"""{_HEAD.format(title=title, meta=meta)}
<div class="article_head"><div class="view_title"><h1>{text(release.title)}</h1></div>
<div class="info"><span>{release.published:%Y.%m.%d}</span>
<span><a class="gotosite" href="/news/ministryNewsList.do?repCode={code}">{text(release.ministry)}\
</a></span></div></div>
<div class="filedown">
{listed}
</div>
<div class="article_body"><div class="view_cont"><div class="docConversion" id="content">
<iframe id="content_press" title="보도자료 본문" \
src="/docViewer/iframe_skin/doc.html?fn={release.id}.hwpx&amp;rs={folder}"></iframe></div></div>
<p class="remark">“이 자료는 {text(release.ministry)}의 보도자료를 전재하여 제공함을 알려드립니다.”\
</p></div>
<div class="article_footer">공공누리 제1유형</div>
{_FOOT}""".encode()
    )


def _file(release: Release, index: int) -> str:
    file_id = release.id * _FILES_A_RELEASE + index
    href = f"/common/download.do?fileId={file_id}&amp;tblKey=GMN"
    viewer = f"/docViewer/skin/doc.html?fn={file_id}&amp;rs=/docViewer/result"
    return (
        f'<p><span><a href="{href}">{text(release.files[index])}</a></span>\n'
        f'<a class="view" href="{viewer}">바로보기</a>'
        f'<a class="down" href="{href}">내려받기</a></p>'
    )


def _part(release: Release, wanted: int) -> Reply:
    pages = _parts(release.text)
    if not 1 <= wanted <= len(pages):
        return NOT_FOUND
    lines = "\n".join(f"<p>{''.join(_runs(line))}</p>" for line in pages[wanted - 1].split("\n"))
    return Reply(
        f"""<!DOCTYPE html>
<html lang="ko"><head><meta charset="utf-8"><title>{wanted}</title></head>
<body>
{lines}
</body></html>""".encode()
    )


def _runs(line: str) -> Iterator[str]:
    """A line in pieces: the viewer starts a new one in the middle of words."""
    for start in range(0, len(line), _RUN):
        yield f"<span>{text(line[start : start + _RUN])}</span>"


def _download(world: World, file_id: int) -> Reply:
    release_id, index = divmod(file_id, _FILES_A_RELEASE)
    release = world.find("korea_kr", release_id)
    if release is None or index >= len(release.files):
        return NOT_FOUND
    return files.download(release, index, _ERROR.encode())


_HEAD = """<!DOCTYPE html>
<html lang="ko">
<head>
<meta charset="UTF-8">
<title>{title}</title>
{meta}</head>
<body>
<main id="main" class="main">
<section class="breadcrumbs"><a class="home" href="/">홈으로</a></section>
<section class="area_contents" id="container">
<div class="article_wrap"><div class="container">"""

# Links that look like releases and are none, as on the real pages.
_FOOT = """</div></div>
<div class="article_side"><ul id="ul_newest_news">
<li><a href="/news/policyNewsView.do?newsId=148000001">이 시각 정책뉴스</a></li>
<li><a href="/briefing/pressReleaseView.do?newsId=156000001">많이 본 보도자료</a></li>
</ul></div>
</section>
</main>
<footer id="footer" class="footer"><div class="foot_notice">
<a href="/etc/noticeView.do?newsId=132000001">공지사항</a></div></footer>
</body>
</html>"""

_ERROR = """<!DOCTYPE html>
<html lang="ko">
<head><meta charset="UTF-8"><title>정책브리핑 - Error</title></head>
<body><main id="main" class="main"><div class="error"><div class="inner">
<h3>찾으시는 자료가 없습니다.</h3>
</div></div></main></body>
</html>"""
