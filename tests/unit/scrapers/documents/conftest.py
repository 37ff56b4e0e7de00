"""Documents written by the tests themselves, as small as they can be."""

import io
import zipfile
from collections.abc import Callable

import pytest

_SECTION = (
    '<hs:sec xmlns:hs="http://www.hancom.co.kr/hwpml/2011/section"'
    ' xmlns:hp="http://www.hancom.co.kr/hwpml/2011/paragraph">{}</hs:sec>'
)
_HEAD = '<hh:head xmlns:hh="http://www.hancom.co.kr/hwpml/2011/head">{}</hh:head>'


@pytest.fixture
def hwpx() -> Callable[..., bytes]:
    """``hwpx("<hp:p>…", header="<hh:…>")``: an archive with one section for each string.

    ``members`` replaces or adds members by name.
    """

    def hwpx(*sections: str, header: str = "", members: dict[str, str] | None = None) -> bytes:
        texts = {
            "mimetype": "application/hwp+zip",
            "Contents/header.xml": _HEAD.format(header),
            **{f"Contents/section{n}.xml": _SECTION.format(s) for n, s in enumerate(sections)},
            **(members or {}),
        }
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in texts.items():
                archive.writestr(name, text)
        return file.getvalue()

    return hwpx


@pytest.fixture
def pdf() -> Callable[..., bytes]:
    """``pdf(content, content)``: a page for each string of operators; /F is Helvetica, ASCII.

    ``rotate`` is what a page says of how it is to be shown.
    """

    def pdf(
        *pages: str, size: tuple[int, int] = (600, 800), rotate: int = 0, trailer: str = ""
    ) -> bytes:
        kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
        objects = [
            "<</Type/Catalog/Pages 2 0 R>>",
            f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>",
            "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        ]
        for number, content in enumerate(pages):
            page = f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {size[0]} {size[1]}]/Rotate {rotate}"
            page += f"/Resources<</Font<</F 3 0 R>>>>/Contents {5 + 2 * number} 0 R>>"
            objects += [page, f"<</Length {len(content)}>>stream\n{content}\nendstream"]
        out, places = "%PDF-1.4\n", ""
        for number, body in enumerate(objects, start=1):
            places += f"{len(out):010} 00000 n \n"
            out += f"{number} 0 obj{body}endobj\n"
        count = len(objects) + 1
        return (
            f"{out}xref\n0 {count}\n0000000000 65535 f \n{places}"
            f"trailer<</Size {count}/Root 1 0 R{trailer}>>\nstartxref\n{len(out)}\n%%EOF"
        ).encode()

    return pdf
