"""The boards of 과학기술정보통신부: cells stay empty until a script of the page fills them."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup

from scrapers import html
from scrapers.model import Kind, Page
from scrapers.platforms import intake
from scrapers.platforms.article import ArticleLayout
from scrapers.platforms.board import Board

ARTICLE = ArticleLayout(
    body="div.view_cont",
    files='.view_file a[onclick^="fn_download("]',
    file_name='a[class^="ico_file_"]',
    file_key=r"fn_download\('(\d+)', ?'(?P<order>\d+)'",
    file_link=(
        "https://www.msit.go.kr/ssm/file/fileDown.do?atchFileNo={key}&fileOrd={order}&fileBtn=A"
    ),
    drop=".view_file",
)

_LITERAL = r"(?:[^'\\\n]|\\.)*"
_COMMENT = re.compile(rf"(?P<kept>'{_LITERAL}')|//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/|\Z)")
_STATEMENT = re.compile(
    rf"sHtml ?(?P<sign>\+?=) ?(?:unescape\()?(?:'(?P<piece>{_LITERAL})')?"
    rf"|\$\('#(?P<name>td_)' ?\+ ?'(?P<field>\w+)' ?\+ ?'(?P<row>_\d+)'\)"
    rf"\.html\((?:'(?P<value>{_LITERAL})'|sHtml\b)"
)
_ESCAPED = re.compile(r"%u([0-9a-fA-F]{4})|%([0-9a-fA-F]{2})|\\(.)")


def board(*, parent: int, menu: int, board_id: int, kind: Kind = "release") -> Board:
    """The board with ``bbsSeqNo=board_id``, which hangs at one place of the site's menu."""
    place = f"sCode=user&mPid={parent}&mId={menu}"
    return Board(
        publisher="msit",
        url=f"https://www.msit.go.kr/bbs/list.do?{place}&pageIndex={{page}}",
        row='div.board_list a[onclick^="fn_detail("]',
        key=r"fn_detail\((\d+)\)",
        link=post_url(parent=parent, menu=menu, board_id=board_id),
        title='[id^="td_NTT_SJ_"]',
        date='[id^="td_REG_DT_"]',
        document=_document,
        article=ARTICLE,
        kind=kind,
    )


def post_url(*, parent: int, menu: int, board_id: int) -> str:
    """A post's page, with ``{key}``: the same from the list and from the feed."""
    place = f"sCode=user&mPid={parent}&mId={menu}"
    return f"https://www.msit.go.kr/bbs/view.do?{place}&bbsSeqNo={board_id}&nttSeqNo={{key}}"


def _document(page: Page) -> BeautifulSoup:
    """The page as its scripts leave it: ``td_<field>_<row>`` hold their text.

    Raises like :func:`scrapers.platforms.intake.document`.
    """
    root = intake.document(page)
    cells = {str(cell["id"]): cell for cell in root.select('[id^="td_"]')}
    for script in root.find_all("script"):
        for name, value in _filled(script.get_text()).items():
            if name in cells:
                cells[name].string = html.plain(value)
    return root


def _filled(script: str) -> dict[str, str]:
    """What the live statements of a script put into cells, by id; the rest of it is not run.

    Most statements stand there several times, all but one commented out.
    """
    cells = {}
    gathered: list[str] = []
    live = _COMMENT.sub(lambda match: match["kept"] or "", script)
    for found in _STATEMENT.finditer(live):
        if found["sign"] == "=":
            gathered.clear()
        if found["sign"]:
            gathered.append(_unescaped(found["piece"] or ""))
            continue
        value = found["value"]
        text = "".join(gathered) if value is None else _unescaped(value)
        if text:  # an empty one shows nothing, whatever it is good for
            cells[found["name"] + found["field"] + found["row"]] = text
    return cells


def _unescaped(literal: str) -> str:
    """A literal as the browser's ``unescape`` gives it."""
    return _ESCAPED.sub(lambda match: match[3] or chr(int(match[1] or match[2], 16)), literal)
