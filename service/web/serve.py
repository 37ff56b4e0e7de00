"""One ASGI application on one address, inside the running event loop."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.types import ASGIApp

from service.errors import BadSetting

_GRACE = 10  # seconds for what is being answered once we are asked to stop
_HERE = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what listens on all


def address_at(host: str, port: int) -> str:
    """The address at which a browser on this machine reaches what listens on ``host``."""
    named = _HERE.get(host, host)
    return f"http://[{named}]:{port}" if ":" in named else f"http://{named}:{port}"


@asynccontextmanager
async def serving(
    app: ASGIApp, host: str, port: int, proxies: str | None = None, what: str = ""
) -> AsyncIterator[str]:
    """Serve ``app``; yields the base address. ``port`` 0 takes a free one.

    ``proxies``: addresses and networks, by commas, that are believed for whom they ask. Raises
    BadSetting, of the setting for the host or the port of ``what``, where the address is none of
    ours or taken.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family)
    except OSError as error:
        part = "PORT" if error.errno in {errno.EADDRINUSE, errno.EACCES} else "HOST"
        raise BadSetting(f"PABAL_{what}{part}", f"{host}:{port}: {error.strerror}") from error
    # A listener handed over ready made gets no TCP_NODELAY by itself: each answer, a head and a
    # body, would wait 40 ms for the client's acknowledgement of the head.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    config = uvicorn.Config(
        app,
        log_config=None,
        log_level="critical",
        access_log=False,
        lifespan="off",
        ws="none",
        server_header=False,
        # By itself it would believe whoever asks from this machine, or what the environment says.
        proxy_headers=proxies is not None,
        forwarded_allow_ips=proxies or "",
        timeout_graceful_shutdown=_GRACE,
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await server.ready.wait()
        yield address_at(host, listener.getsockname()[1])
    finally:
        server.should_exit = True
        await task
        listener.close()


class _Server(uvicorn.Server):
    """Leaves signals to the program it runs in, and says when it is up."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()
