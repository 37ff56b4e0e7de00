"""A small HWPX writer: paragraphs and tables, as much as a press release needs. Pure."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from html import escape

Row = Sequence[str]
Block = str | Sequence[Row]
"""A paragraph, or a table by its rows."""

_HP = "http://www.hancom.co.kr/hwpml/2011/paragraph"
_HS = "http://www.hancom.co.kr/hwpml/2011/section"
_MANIFEST = "META-INF/manifest.xml"
_WHEN = (2026, 1, 1, 0, 0, 0)  # the same bytes for the same text
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_PARTS = {
    "version.xml": '<hv:HCFVersion xmlns:hv="http://www.hancom.co.kr/hwpml/2011/version" '
    'tagetApplication="WORDPROCESSOR" major="5" minor="1" micro="0" buildNumber="1"/>',
    "META-INF/container.xml": '<ocf:container xmlns:ocf="urn:oasis:names:tc:opendocument:xmlns:'
    'container"><ocf:rootfiles><ocf:rootfile full-path="Contents/content.hpf" '
    'media-type="application/hwpml-package+xml"/></ocf:rootfiles></ocf:container>',
    _MANIFEST: '<odf:manifest xmlns:odf="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
    "Contents/content.hpf": '<opf:package xmlns:opf="http://www.idpf.org/2007/opf/"><opf:manifest>'
    '<opf:item id="header" href="Contents/header.xml" media-type="application/xml"/>'
    '<opf:item id="section0" href="Contents/section0.xml" media-type="application/xml"/>'
    '</opf:manifest><opf:spine><opf:itemref idref="header"/><opf:itemref idref="section0"/>'
    "</opf:spine></opf:package>",
    "Contents/header.xml": '<hh:head xmlns:hh="http://www.hancom.co.kr/hwpml/2011/head" '
    'version="1.4" secCnt="1"/>',
}
_LOCKED = (
    '<odf:manifest xmlns:odf="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    '<odf:file-entry odf:full-path="Contents/section0.xml"><odf:encryption-data/>'
    "</odf:file-entry></odf:manifest>"
)


def write(blocks: Iterable[Block], *, locked: bool = False) -> bytes:
    """The document; ``locked`` says that it is behind a password."""
    body = "".join(_paragraph(each) if isinstance(each, str) else _table(each) for each in blocks)
    section = f'<hs:sec xmlns:hs="{_HS}" xmlns:hp="{_HP}">{body}</hs:sec>'
    parts = _PARTS | ({_MANIFEST: _LOCKED} if locked else {}) | {"Contents/section0.xml": section}
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("mimetype", _WHEN), "application/hwp+zip")
        for name, xml in parts.items():
            member = zipfile.ZipInfo(name, _WHEN)
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, _XML + xml)
    return written.getvalue()


def _paragraph(text: str) -> str:
    return f'<hp:p id="0" paraPrIDRef="0" styleIDRef="0"><hp:run charPrIDRef="0">\
<hp:t>{escape(text, quote=False)}</hp:t></hp:run></hp:p>'


def _table(rows: Sequence[Row]) -> str:
    lines = "".join(
        "<hp:tr>" + "".join(_cell(text, r, c) for c, text in enumerate(row)) + "</hp:tr>"
        for r, row in enumerate(rows)
    )
    width = max(map(len, rows))
    table = f'<hp:tbl id="0" rowCnt="{len(rows)}" colCnt="{width}">{lines}</hp:tbl>'
    return f'<hp:p id="0" paraPrIDRef="0" styleIDRef="0"><hp:run charPrIDRef="0">{table}\
</hp:run></hp:p>'


def _cell(text: str, row: int, column: int) -> str:
    return (
        f"<hp:tc><hp:subList>{_paragraph(text)}</hp:subList>"
        f'<hp:cellAddr colAddr="{column}" rowAddr="{row}"/>'
        '<hp:cellSpan colSpan="1" rowSpan="1"/></hp:tc>'
    )
