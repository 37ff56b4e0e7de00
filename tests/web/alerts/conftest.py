from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from service.store.database import Database
from service.web.app import build
from tests.web.alerts.mine import READER, SIGNER, URL, means, sign_in


@pytest.fixture
async def client(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who is signed in, with the token of their forms as a header."""
    transport = httpx.ASGITransport(build(database, SIGNER, URL, means=means()))
    async with httpx.AsyncClient(transport=transport, base_url=URL) as made:
        await sign_in(made, database, READER)
        yield made
