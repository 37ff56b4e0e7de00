"""Documents and texts, hurt where it hurts: inside the members, streams and objects they hold.

A flipped byte of a packed file only ends in its unpacking. So what is packed is unpacked, hurt by
its own grammar (elements, records, operators, lines) and packed again.
"""

from __future__ import annotations

import copy
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from random import Random

from lxml import etree

from tests.fuzz import cfb, hwp5
from tests.fuzz.hurt import raw, some, text
from tests.fuzz.words import NUMBERS, WORDS

_TAG = re.compile(r"<[^<>]{1,400}>")
_ATTRIBUTE = re.compile(r'(?<==")[^"<>]{0,200}(?=")')
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\n?endstream", re.DOTALL)
_MOST = 2_000_000  # letters or bytes unpacked: the size of what is read is another test's matter
_MOST_RECORDS = 20_000
_TAGS = (hwp5.PARAGRAPH, hwp5.TEXT, hwp5.CONTROL, hwp5.CELL, hwp5.TABLE)


def html(rng: Random, content: bytes) -> bytes:
    """A page, in one of the encodings that publishers use."""
    code = rng.choice(("utf-8", "utf-8", "utf-8", "cp949", "utf-16"))
    return markup(rng, content.decode("utf-8", "replace")).encode(code, "replace")


def markup(rng: Random, whole: str) -> str:
    """Tags dropped, doubled, nested deep; attributes and text changed."""
    for _ in range(some(rng)):
        if rng.random() < 0.4:
            whole = text(rng, whole)
        places = [match.span() for match in rng.choice((_TAG, _TAG, _ATTRIBUTE)).finditer(whole)]
        if not places:
            return whole
        at, to = rng.choice(places)
        part = whole[at:to]
        if not part.startswith("<"):
            part = rng.choice((*NUMBERS, *WORDS))
        else:
            deep = rng.choice((0, 0, 2, 30, 300, 3_000))
            end = f"</{part[1:-1].split()[0]}>" if part[1:-1].split() else ""
            part = part * deep + (end * deep if rng.random() < 0.7 else "")
        whole = (whole[:at] + part + whole[to:])[:_MOST]
    return whole


def hwpx(rng: Random, content: bytes) -> bytes:
    """An archive with members hurt as XML; sometimes the archive itself."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = {
                info.filename: archive.read(info)
                for info in archive.infolist()
                if info.filename.endswith((".xml", ".hpf")) and info.file_size < _MOST
            }
    except (zipfile.BadZipFile, RuntimeError):
        return raw(rng, content)
    parts = [name for name in members if name.startswith("Contents/")] or list(members)
    for name in rng.sample(parts, min(len(parts), rng.choice((1, 1, 2)))):
        members[name] = _xml(rng, members[name])
    if rng.random() < 0.1:
        name = rng.choice(list(members))
        renamed = rng.choice(("Contents/section0.xml", "Contents/section9999.xml", "a" * 999, name))
        members[renamed] = members.pop(name)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", rng.choice((0, 8, 8, 8))) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return raw(rng, file.getvalue()) if rng.random() < 0.05 else file.getvalue()


def _xml(rng: Random, data: bytes) -> bytes:
    if rng.random() < 0.2:
        return markup(rng, data.decode("utf-8", "replace")).encode("utf-8", "replace")
    try:
        root = etree.fromstring(data)
    except etree.XMLSyntaxError:
        return raw(rng, data)
    elements = list(root.iter(etree.Element))
    for _ in range(some(rng)):
        _element(rng, rng.choice(elements), elements)
    return etree.tostring(root, encoding="utf-8")


def _element(rng: Random, one: etree._Element, elements: Sequence[etree._Element]) -> None:
    """The tree stays well-formed; what it says does not."""
    parent, other = one.getparent(), rng.choice(elements)
    step = rng.randrange(8)
    if step == 0 and parent is not None:
        parent.remove(one)
    elif step == 1 and parent is not None and len(one) < 200:
        for _ in range(rng.choice((1, 3, 50))):
            parent.insert(rng.randrange(len(parent) + 1), copy.deepcopy(one))
    elif step == 2 and len(other) < 200:
        one.append(copy.deepcopy(other))
    elif step == 3:
        one.tag = other.tag
    elif step == 4:
        one.text = text(rng, one.text or "가").translate(_NOT_XML)
    elif step == 5:
        inner = one
        for _ in range(rng.choice((3, 30, 240))):
            inner = etree.SubElement(inner, rng.choice((one.tag, other.tag)))
    elif one.attrib:
        name = rng.choice(list(one.attrib))
        one.set(name, rng.choice((*NUMBERS, *NUMBERS, *WORDS)).translate(_NOT_XML))
    else:
        one.tail = rng.choice(WORDS).translate(_NOT_XML)


_NOT_XML = dict.fromkeys(
    [*range(9), 11, 12, *range(14, 32), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF]
)


def hwp(rng: Random, content: bytes) -> bytes:
    """A compound file of the streams that are read, their records hurt; sometimes the file."""
    try:
        held = cfb.streams(content)
    except OSError:
        return raw(rng, content)
    read = ("FileHeader", "DocInfo", "BodyText", "ViewText")
    held = {path: data for path, data in held.items() if path.split("/")[0] in read}
    for path in rng.sample(sorted(held), min(len(held), rng.choice((1, 1, 2)))):
        packed = zlib.decompressobj(-15)
        try:
            held[path] = hwp5.packed(records(rng, packed.decompress(held[path], _MOST)))
        except zlib.error:
            held[path] = raw(rng, held[path])
    written = cfb.write(held)
    return raw(rng, written) if rng.random() < 0.1 else written


def records(rng: Random, data: bytes) -> bytes:
    """The records of a stream of HWP 5: dropped, moved, nested, and what they count changed."""
    found = hwp5.parted(data)
    for _ in range(some(rng)):
        if not found:
            break
        at = rng.randrange(len(found))
        tag, level, said = found[at]
        step = rng.randrange(8)
        if step == 0:
            del found[at]
        elif step == 1:
            found[at:at] = found[at : at + rng.choice((1, 5, 40))] * rng.choice((1, 3, 100))
        elif step == 2:
            found[at] = rng.choice(found)
        elif step == 3:
            found[at] = tag, rng.choice((0, level + 1, max(0, level - 1), 1023)), said
        elif step == 4:
            found[at] = rng.choice((tag + 1, *_TAGS)), level, said
        elif step == 5:
            part = found[at : at + rng.choice((2, 8))]
            deep = range(rng.choice((5, 60)))
            found[at:at] = [(t, n + 2 * by, d) for by in deep for t, n, d in part]
        else:
            found[at] = tag, level, _counted(rng, said)
    return hwp5.joined(found[:_MOST_RECORDS])


def _counted(rng: Random, said: bytes) -> bytes:
    if len(said) < 4 or rng.random() < 0.2:
        return raw(rng, said)
    at = rng.randrange(len(said) // 2) * 2
    form, most = rng.choice((("<H", 0xFFFF), ("<I", 0xFFFFFFFF)))
    value = struct.pack(form, rng.choice((0, 1, 2, most // 2, most // 2 + 1, most - 1, most)))
    return (said[:at] + value + said[at + len(value) :])[: max(len(said), at + len(value))]


def pdf(rng: Random, content: bytes) -> bytes:
    """Streams unpacked, hurt and packed again; and numbers and names of the objects."""
    places = [match.span(1) for match in _STREAM.finditer(content)]
    for at, to in sorted(rng.sample(places, min(len(places), rng.choice((0, 1, 1, 3)))))[::-1]:
        try:
            plain = zlib.decompressobj().decompress(content[at:to], _MOST)
        except zlib.error:
            continue
        content = content[:at] + zlib.compress(_operators(rng, plain)) + content[to:]
    if rng.random() < 0.5:
        content = _operators(rng, content)
    return raw(rng, content) if rng.random() < 0.1 else content


def _operators(rng: Random, data: bytes) -> bytes:
    """As Latin-1 every byte is a letter, so that what is no text comes back as it was."""
    whole = data.decode("latin-1")
    for _ in range(some(rng)):
        found = [*re.finditer(rng.choice((r"\d+(?:\.\d+)?", r"/\w+", r"[^\n]*\n")), whole)]
        if not found:
            break
        at, to = rng.choice(found).span()
        part = rng.choice(found)[0]
        changes = (part, rng.choice(NUMBERS), "", part * 2, part * rng.choice((30, 2_000)))
        whole = (whole[:at] + rng.choice(changes) + whole[to:])[:_MOST]
    return whole.encode("latin-1", "replace")


def plain(rng: Random, content: bytes) -> bytes:
    """A file of text, or of nothing that is known."""
    if rng.random() < 0.5:
        return raw(rng, content)
    return text(rng, content.decode("utf-8", "replace")).encode("utf-8", "replace")


BY_KIND: dict[str, Callable[[Random, bytes], bytes]] = {
    "hwpx": hwpx,
    "hwp": hwp,
    "pdf": pdf,
    "html": html,
    "text": plain,
}
