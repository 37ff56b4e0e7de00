"""What a file is, by its bytes and never by its name."""

from __future__ import annotations

import io
import re
import zipfile

from scrapers.documents.model import Container, DocumentError

MAX_BYTES = 64 << 20
_MAX_MEMBERS = 5_000
_MEMBER = b"PK\x01\x02"  # begins each entry of a ZIP's list; counted before the list is read
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HWP = b"HWP Document File"
_HWP_HEADER = "FileHeader".encode("utf-16-le")
_HTML = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|meta|title|div|table|p|script|h[1-6]|[ou]l|span|br)\b",
    re.IGNORECASE,
)
_LOOK = 4_096
_UNREAD = {  # names for what is refused
    b"\x89PNG": "PNG image",
    b"\xff\xd8\xff": "JPEG image",
    b"GIF8": "GIF image",
    b"II*\0": "TIFF image",
    b"MM\0*": "TIFF image",
    b"\x1f\x8b": "gzip archive",
    b"7z\xbc\xaf": "7z archive",
    b"Rar!": "RAR archive",
    b"EGGA": "EGG archive",
    b"ALZ\x01": "ALZ archive",
    b"HWP Document File V": "HWP 3",
    b"{\\rtf": "RTF",
}
_WITHIN = {  # where something else may come first
    b"<!DOCTYPE HWPML": "HWPML",
    b"<HWPML": "HWPML",
    b"\nMIME-Version: ": "MHTML or a mail",
}
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def container_of(content: bytes) -> Container:
    """What to read it as. Raises DocumentError: too-large, unsupported or broken."""
    if len(content) > MAX_BYTES:
        raise DocumentError("too-large", f"more than {MAX_BYTES >> 20} MB")
    if not content.strip(b"\0 \t\r\n"):
        raise DocumentError("broken", "an empty file")
    if content.startswith(b"PK"):
        return _in_zip(content)
    if content.startswith(_OLE):
        return _in_ole(content)
    if b"%PDF-" in content[:1_024]:
        return "pdf"
    return _in_text(content)


def _in_zip(content: bytes) -> Container:
    if content.count(_MEMBER) > _MAX_MEMBERS:
        raise DocumentError("too-large", f"more than {_MAX_MEMBERS:,} members")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise DocumentError("broken", f"ZIP: {error}") from error
    if any(name.lower().startswith("contents/section") for name in names):
        return "hwpx"
    kinds = {"word/": "DOCX", "xl/": "XLSX", "ppt/": "PPTX"}
    kind = next((kinds[part] for part in kinds for n in names if n.startswith(part)), "ZIP archive")
    raise DocumentError("unsupported", kind)


def _in_ole(content: bytes) -> Container:
    """A compound file keeps the names of its streams, and small streams, unpacked."""
    if _HWP in content and _HWP_HEADER in content:
        return "hwp"
    raise DocumentError("unsupported", "OLE file that is no HWP")


def _in_text(content: bytes) -> Container:
    start = content[:_LOOK].lstrip(b"\xef\xbb\xbf \t\r\n")
    kinds = [kind for mark, kind in _UNREAD.items() if start.startswith(mark)]
    kinds += [kind for mark, kind in _WITHIN.items() if mark in b"\n" + start]
    if kinds:
        raise DocumentError("unsupported", kinds[0])
    if content.startswith(_MARKS[1:]):
        return "html" if _HTML.search(content[:_LOOK].replace(b"\0", b"")) else "text"
    if _CONTROLS.search(content[:_LOOK]):
        raise DocumentError("unsupported", "unknown binary file")
    if start.startswith(b"<") and _HTML.search(start):
        return "html"
    if start.startswith(b"<?xml"):
        raise DocumentError("unsupported", "XML")
    return "text"
