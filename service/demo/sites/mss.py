"""www.mss.go.kr, the Ministry of SMEs and Startups: board 86 (press releases) and its feed."""

from __future__ import annotations

import re
from datetime import datetime

from service.demo.sites import files
from service.demo.sites.web import NOT_FOUND, Ask, Feed, Reply, cdata, ids, number, text
from service.demo.world import Release, World
from service.model import SEOUL

_ROWS = 10
_FEED_ITEMS = 20
_STORED = re.compile(r"-(\d{12})\.")
_NO_FILE = "<script>alert('파일이 존재하지 않습니다.');history.back();</script>".encode()

PINNED = tuple(
    Release(
        id=release_id,
        ministry="중소벤처기업부",
        title=title,
        text=f"{title}\n이 글은 목록의 맨 위에 늘 보이도록 올려 둔 알림입니다.",
        published=datetime(2026, month, 5, 9, 0, tzinfo=SEOUL),
        sites=frozenset({"mss"}),
    )
    for release_id, month, title in (
        (1060002, 4, "[공지] 보도자료 누리집 점검에 따른 열람 제한 안내"),
        (1060001, 3, "[공지] 출입기자단 자료 신청 방법 안내"),
    )
)
"""Notices repeated on top of every page of the list; none of the ordinary rows."""


def address(release: Release) -> str:
    """Where people read it."""
    return f"https://www.mss.go.kr/site/smba/ex/bbs/View.do?cbIdx=86&bcIdx={release.id}"


def answer(world: World, ask: Ask) -> Reply:
    """Whatever the ministry says to one GET."""
    if ask.path == "/rss/smba/board/86.do":
        return Feed("mss", _FEED_ITEMS, _feed).answer(world, ask)
    if ask.query.get("cbIdx") != "86":
        return NOT_FOUND
    if ask.path == "/site/smba/ex/bbs/List.do":
        return _list(world, max(1, number(ask.query.get("pageIndex"), 1)))
    if ask.path == "/common/board/Download.do":
        return _file(world, number(ask.query.get("bcIdx")), ask.query.get("streFileNm", ""))
    if ask.path == "/site/smba/ex/bbs/View.do":
        wanted = number(ask.query.get("bcIdx"))
        pinned = next((notice for notice in PINNED if notice.id == wanted), None)
        release = pinned or world.find("mss", wanted)
        return _view(release) if release else NOT_FOUND
    return NOT_FOUND


def _list(world: World, page: int) -> Reply:
    skip = (page - 1) * _ROWS
    releases = world.newest("mss", _ROWS, skip=skip)
    total = world.total("mss")
    rows = [_row(notice, '<td class="notice">\n<span>공지</span>\n</td>') for notice in PINNED]
    rows += [
        _row(release, f"<td>{total - skip - index}</td>") for index, release in enumerate(releases)
    ]
    if not releases:
        rows.append('<tr><td colspan="7">등록된 게시물이 없습니다.</td></tr>')
    body = f"""{_HEAD}
<form id="bbsFVo" name="bbsFVo" action="/site/smba/ex/bbs/List.do" method="post">
<input id="pageIndex" name="pageIndex" type="hidden" value="{page}"/>
<input id="pageSize" name="pageSize" type="hidden" value="{_ROWS}"/>
<div class="board_list"><table>
<caption>보도자료 목록</caption>
<thead><tr><th scope="col">번호</th><th scope="col">제목</th><th scope="col">담당부서</th>\
<th scope="col">첨부</th><th scope="col">등록일</th><th scope="col">조회</th>\
<th class="mobile"></th></tr></thead>
<tbody>
{"".join(rows)}</tbody>
</table>
{_paging(page, max(1, -(-total // _ROWS)))}
</div></form>
{_FOOT}"""
    return Reply(body.encode(), shown=ids(releases))


def _row(release: Release, first_cell: str) -> str:
    call = f"doBbsFView('86','{release.id}','16010100','{release.id}');return false;"
    title = text(release.title)
    # The real page leaves straight quotes in its title attributes as they are.
    attribute = title.replace("&quot;", '"').replace("&#x27;", "'")
    pinned = "notice" if "notice" in first_cell else ""
    views = release.id % 900 + 30
    return f"""<tr\tclass="{pinned}" style="cursor: pointer;" onclick="{call}" title="{attribute}">
{first_cell}
<td class="subject" style="text-align:left;">
<a href="#view"\tonclick="{call}"\ttitle="{attribute}">
{title}
</a></td>
<td class="cd_subject"><span>{_department(release)}</span></td>
<td class="attached-files" title="모든 파일 내려받기">{_attached(release)}
</td>
<td>{release.published:%Y.%m.%d}</td>
<td>{views}</td>
<td class="mobile">
<a href="#" onclick="{call}">
<div class="subject">
<span>{title}</span>
</div>
<div class="info"><ul>
<li><span>담당부서</span><span>{_department(release)}</span></li>
<li><span>등록일</span><span>{release.published:%Y.%m.%d}</span></li>
<li><span>조회</span><span>{views}</span></li>
</ul></div>
</a>
</td>
</tr>
"""


def _department(release: Release) -> str:
    departments = ("글로벌성장정책과", "창업정책과", "소상공인정책과", "기술혁신정책과", "대변인실")
    return departments[release.id % len(departments)]


def _download(release: Release, index: int) -> str:
    suffix = release.files[index].rpartition(".")[2]
    stored = f"00000000-0000-4000-8000-{release.id * 10 + index:012d}.{suffix}"
    return f"/common/board/Download.do?bcIdx={release.id}&amp;cbIdx=86&amp;streFileNm={stored}"


def _file(world: World, release_id: int, stored: str) -> Reply:
    release, name = world.find("mss", release_id), _STORED.search(stored)
    index = int(name[1]) - release_id * 10 if name else -1
    if release is None or not 0 <= index < len(release.files):
        return NOT_FOUND
    return files.download(release, index, _NO_FILE)


def _attached(release: Release) -> str:
    return "".join(
        f'\n<span class="single-file" style="display: none;" '
        f'data-href="{_download(release, index)}"></span>'
        for index in range(len(release.files))
    )


def _paging(page: int, pages: int) -> str:
    numbers = "".join(
        f'<a class="page-link active" title="현재 페이지" href="javascript:;">{n}</a>'
        if n == page
        else _page_link(n, "page-link", str(n))
        for n in range(max(1, page - 3), min(pages, page + 3) + 1)
    )
    after = _page_link(page + 1, "page-navi next", "다음") if page < pages else ""
    links = f'<div class="page-links">{numbers}</div>{after}'
    return f'<div class="paging"><div class="pagination w-page">{links}</div></div>'


def _page_link(page: int, kind: str, label: str) -> str:
    call = f"doBbsFPag({page});return false;"
    return f'<a class="{kind}" href="javascript:;" onclick="{call}">{label}</a>'


def _view(release: Release) -> Reply:
    paragraphs = "\n".join(f"<p>{text(line)}</p>" for line in release.text.split("\n"))
    listed = "\n".join(
        f'<li><span class="name">{text(name)}</span>'
        f'<a class="btn type_down" href="{_download(release, index)}">다운로드</a></li>'
        for index, name in enumerate(release.files)
    )
    return Reply(
        f"""{_HEAD}
<div class="board_view"><table><caption>보도자료 - 제목,담당부서,등록일</caption><tbody>
<tr><th>제목</th><td colspan="3">{text(release.title)}</td></tr>
<tr><th>담당부서</th><td>{_department(release)}</td><th>등록일</th>\
<td>{release.published:%Y.%m.%d}</td></tr>
</tbody></table></div>
<div class="view_contents"><div class="txt-area">
{paragraphs}
</div></div>
<ul>
{listed}
</ul>
<div class="board-nav"></div>
{_FOOT}""".encode()
    )


def _feed(releases: list[Release]) -> bytes:
    items = "\n".join(
        f"<item><title>{cdata(release.title)}</title><link>{cdata(address(release))}</link>"
        f"<pubDate>{cdata(f'{release.published:%Y%m%d%H%M%S}')}</pubDate>"
        f"<id>{cdata('86')}</id></item>"
        for release in releases
    )
    title = f"{cdata('중소벤처기업부')} {cdata('보도자료')}"
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>{title}</title><link>https://www.mss.go.kr/</link>
{items}
</channel></rss>""".encode()


_HEAD = """<!DOCTYPE html>
<html lang="ko">
<head><meta charset="utf-8"><title>보도자료 | 중소벤처기업부</title></head>
<body>
<section id="contents">"""
_FOOT = """</section>
</body>
</html>"""
