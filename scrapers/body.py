"""One body off the wire: decompressed step by step, so that a cap stops it in time."""

from __future__ import annotations

import socket
import ssl
import zlib
from collections.abc import Iterator

import httpx

from scrapers.errors import Broken, ServerTrouble, TooLarge, Trouble

_MIB = 2**20
_STEP = 2**16  # bytes that are decompressed at once
_GZIP, _ZLIB, _BARE = 31, 15, -15  # zlib's names for the three wrappings: its ``wbits``
_GZIP_MAGIC = 0x1F


class _Unpacker:
    """Undoes a Content-Encoding in small steps, so that a cap can stop it in time."""

    def __init__(self, encoding: str) -> None:
        """``encoding`` is gzip, deflate or empty."""
        self._encoding = encoding
        self._engine: zlib._Decompress | None = None

    @property
    def finished(self) -> bool:
        """Nothing is missing."""
        return self._engine is None or self._engine.eof

    def feed(self, data: bytes) -> Iterator[bytes]:
        """What ``data`` unpacks to, at most 64 KiB a piece where it was packed."""
        if not self._encoding:
            yield data
            return
        while data:
            if self._engine is None:
                self._engine = zlib.decompressobj(self._wrapping(data[0]))
            elif self._engine.eof:
                if data[0] != _GZIP_MAGIC:  # padding, not one more gzip member
                    return
                self._engine = zlib.decompressobj(_GZIP)
            yield from self._drain(self._engine, data)
            data = self._engine.unused_data

    def _wrapping(self, first: int) -> int:
        if self._encoding == "gzip":
            return _GZIP
        # "deflate" means zlib, but some servers send it bare; a zlib header starts with 0x?8.
        return _ZLIB if first & 0x0F == zlib.DEFLATED else _BARE

    @staticmethod
    def _drain(engine: zlib._Decompress, data: bytes) -> Iterator[bytes]:
        full = True
        # At its end zlib may hand the rest out as tail and as unused data: it is the latter.
        while (data or full) and not engine.eof:
            piece = engine.decompress(data, _STEP)
            data = engine.unconsumed_tail
            full = len(piece) == _STEP
            yield piece


async def read_body(response: httpx.Response, url: str, *, size: int, ratio: int) -> bytes:
    """The whole body of ``response``, decompressed; errors are named after ``url``.

    ``size`` caps its bytes, announced or decompressed; ``ratio`` how many times its sent size it
    may have once it is over 1 MiB.

    Raises:
        TooLarge: over one of the caps; no more than that was read.
        ServerTrouble: it stopped half way.
        Broken: it is not encoded as it says.
    """
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    encoding = {"identity": "", "x-gzip": "gzip"}.get(encoding, encoding)
    if encoding not in {"", "gzip", "deflate"}:
        raise Broken(url, f"Content-Encoding {encoding[:40]!r} was not asked for")
    announced = response.headers.get("Content-Length", "0")
    if announced.isdecimal() and int(announced) > size:
        raise TooLarge(url, f"{announced} bytes announced, {size} allowed")
    unpacker = _Unpacker(encoding)
    body = bytearray()
    sent = 0
    try:
        async for chunk in response.aiter_raw():
            sent += len(chunk)
            for piece in unpacker.feed(chunk):
                body += piece
                if len(body) > size:
                    raise TooLarge(url, f"over {size} bytes")
                if len(body) > max(_MIB, sent * ratio):
                    raise TooLarge(url, f"over {ratio} times its sent size when decompressed")
    except httpx.TransportError as error:
        raise ServerTrouble(url, f"the body stopped half way: {cause(error)}") from error
    except zlib.error as error:
        raise Broken(url, f"the body is not the {encoding} it says: {error}") from error
    if not unpacker.finished:
        raise ServerTrouble(url, f"the body stopped half way: its {encoding} has no end")
    return bytes(body)


def cause(error: BaseException) -> str:
    """Class and text of what really happened."""
    inner = _innermost(error)
    return f"{type(inner).__name__}: {inner}"


def trouble_of(error: BaseException) -> Trouble:
    """What a connection that did not come about is called."""
    match _innermost(error):
        case socket.gaierror():
            return "dns"
        case ssl.SSLCertVerificationError():
            return "certificate"
    return "unreachable"


def _innermost(error: BaseException) -> BaseException:
    """The error that all others in the chain were raised over: what really happened."""
    while True:
        # httpcore hides the system's own error behind ``from None``.
        inner = error.__cause__ or (error.__context__ if error.__suppress_context__ else None)
        if isinstance(error, BaseExceptionGroup):
            inner = error.exceptions[0]  # one for each address of the host
        if inner is None:
            return error
        error = inner
