"""HWPX (KS X 6101) → text: which members of the archive are read, and within which bounds."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator

from lxml import etree

from scrapers import wellformed
from scrapers.documents.blocks import Block, document
from scrapers.documents.hwpml import Body
from scrapers.documents.model import Document, DocumentError
from scrapers.documents.numbering import Numbering

_MAX_XML = 96 << 20  # bytes of all the XML that is read; as a tree it takes ten times as much
_RATIO = 100  # of real ones the best packed reach 24
_MUCH = 8 << 20  # bytes that may be packed as well as they like
_HEADER = "Contents/header.xml"
_SECTION = re.compile(r"Contents/section(\d{1,4})\.xml", re.IGNORECASE)
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


def read_hwpx(content: bytes) -> Document:
    """Text of an HWPX document whose members ``container_of`` has counted. Raises DocumentError."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return document("hwpx", list(_blocks(archive)), "pabal")
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise DocumentError("broken", f"ZIP: {error}") from error
    except etree.LxmlError as error:
        raise DocumentError("broken", f"XML: {error}") from error


def _blocks(archive: zipfile.ZipFile) -> Iterator[Block]:
    sections = _sections(archive)
    if not sections:
        raise DocumentError("broken", "HWPX without a section")
    header = [info for info in archive.infolist() if info.filename == _HEADER]
    wanted = [*header[-1:], *sections]
    unpacked = sum(info.file_size for info in wanted)
    if unpacked > _MAX_XML:
        raise DocumentError("too-large", f"more than {_MAX_XML >> 20} MB of XML")
    if unpacked > _MUCH and unpacked > _RATIO * sum(info.compress_size for info in wanted):
        raise DocumentError("too-large", f"packed more than {_RATIO} times")
    _refuse_locked(archive, wanted)
    numbering = Numbering(_xml(archive, header[-1]) if header else None)
    body = Body(numbering)
    for info in sections:
        section = _xml(archive, info)
        numbering.enter(section)
        yield from body.blocks(section)


def _sections(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    numbered: dict[int, zipfile.ZipInfo] = {}
    for info in archive.infolist():
        match = _SECTION.fullmatch(info.filename)
        if match:
            numbered[int(match[1])] = info
    return [numbered[number] for number in sorted(numbered)]


def _refuse_locked(archive: zipfile.ZipFile, wanted: list[zipfile.ZipInfo]) -> None:
    """A password lies over the members' bytes (ODF) or over the archive's own (ZIP)."""
    manifest = [info for info in archive.infolist() if info.filename == "META-INF/manifest.xml"]
    listed = archive.read(manifest[-1]) if manifest and manifest[-1].file_size < 1 << 20 else b""
    if b"encryption-data" in listed or any(info.flag_bits & 1 for info in wanted):
        raise DocumentError("encrypted", "HWPX with a password")


def _xml(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> etree._Element:
    if info.compress_type not in _METHODS:
        raise DocumentError("unsupported", f"compression {info.compress_type}")
    data = archive.read(info)
    # An encoding of two bytes a letter could hide a declaration; HWPX is UTF-8. So could a letter
    # within it that is taken out.
    wide = b"\0" in data[:64]
    data = wellformed.mended(data)
    if wide or b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise DocumentError("too-large", "XML that declares entities")
    # libxml2 itself bounds depth (256), names and the length of a text where huge_tree is off.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    return etree.fromstring(data, parser)
