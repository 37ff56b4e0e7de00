"""The process that reads documents, against documents that were made to hurt it."""

import io
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from scrapers.documents.model import DocumentError
from service.documents import Documents

ORPHAN = """
import asyncio
from service.documents import Documents
async def main():
    async with Documents() as documents:
        await documents.read("알림".encode())
        print(documents._idle[0].pid, flush=True)
        await asyncio.Event().wait()
asyncio.run(main())
"""


def hwpx(section: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:  # unpacked: a bomb would not be opened
        archive.writestr("Contents/section0.xml", section)
    return file.getvalue()


def many_elements() -> bytes:
    """Sixty megabytes of the smallest elements: gigabytes as a tree."""
    return hwpx(f"<s>{'<p/>' * 15_000_000}</s>")


def many_paragraphs() -> bytes:
    run = "<p><run><t>가</t></run></p>"
    return hwpx(f"<s>{run * 2_000_000}</s>")


def many_cells() -> bytes:
    cell = "<tc><subList><p><run><t>1</t></run></p></subList></tc>"
    return hwpx(f"<s><p><run><tbl>{f'<tr>{cell * 900}</tr>' * 900}</tbl></run></p></s>")


def many_pieces() -> bytes:
    """A PDF of a page on which every letter is drawn by itself, all over the place."""
    drawn = "".join(
        f"BT /F 9 Tf {n * 7 % 590} {n * 13 % 790} Td (x) Tj ET {n % 590} 0 m {n % 590} 800 l S "
        for n in range(300_000)
    )
    page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R"
    return (
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        "2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n"
        f"3 0 obj{page}/Resources<</Font<</F 5 0 R>>>>>>endobj\n"
        f"4 0 obj<</Length {len(drawn)}>>stream\n{drawn}\nendstream endobj\n"
        "5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
        "trailer<</Root 1 0 R>>"
    ).encode()


@pytest.mark.faults
@pytest.mark.parametrize("made", [many_elements, many_paragraphs, many_cells, many_pieces])
async def test_a_document_made_to_hurt_costs_itself_only(made: Callable[[], bytes]) -> None:
    async with Documents(children=1) as documents:
        with suppress(DocumentError):
            await documents.read(made())
        assert (await documents.read("알림".encode())).text == "알림"


@pytest.mark.faults
def test_no_process_outlives_its_host() -> None:
    with subprocess.Popen([sys.executable, "-c", ORPHAN], stdout=subprocess.PIPE) as host:
        assert host.stdout is not None
        child = Path(f"/proc/{int(host.stdout.readline())}")
        assert child.exists()
        host.kill()
    end = time.monotonic() + 10
    while child.exists() and time.monotonic() < end:
        time.sleep(0.02)
    assert not child.exists()
