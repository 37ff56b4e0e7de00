"""Alerts as a reader makes them over the pages."""

from __future__ import annotations

import re
from collections.abc import Collection

import httpx

from notifier import registry
from notifier.errors import BadAddress
from notifier.model import Channel, ChannelOptions, Message, Receipt
from service.judging.fields import usual
from service.judging.morphemes import Morphs
from service.links import Signer
from service.preview import Tools
from service.reading.publishers import Registry
from service.store.database import Database
from service.store.sign_ins import SignIns
from service.web.means import Means

SIGNER = Signer(b"a secret of this test, 32 or more")
URL = "https://pabal.test"
READER, OTHER = "reader@a.example", "other@a.example"
ASKED = {"rules": "관세", "quiet_from": "", "quiet_to": "", "every": "daily", "embargoed": "wait",
         "language": "ko", "until": "", "remind": "3"}  # fmt: skip


class Mail:
    """Mail as far as addresses go."""

    async def send(self, _: Message) -> Receipt:
        raise AssertionError("the pages send nothing")

    async def aclose(self) -> None:
        """Nothing is open."""

    def check_address(self, address: str) -> None:
        if "@" not in address:
            raise BadAddress("no address")


async def unasked(windows: Collection[str]) -> dict[str, Morphs]:
    raise AssertionError(f"letters should have settled {windows}")


def means() -> Means:
    options = ChannelOptions()
    channels: dict[str, Channel] = {
        name: registry.open_channel(name, options) for name in ("webhook", "feed", "console")
    }
    traits = {name: registry.traits(name) for name in (*channels, "mail")}
    tools = Tools(unasked, Registry.load(), {})
    return Means(usual(), {"mail": Mail(), **channels}, traits, tools)


async def sign_in(client: httpx.AsyncClient, database: Database, address: str) -> None:
    client.cookies.clear()
    client.headers.pop("x-csrf", None)
    made = await SignIns(database).offer(address, None)
    await client.post(f"/sign-in/{SIGNER.sign('sign-in', made.id, made.asked_at)}")
    page = (await client.get("/account")).text
    token = re.search(r'name="csrf" value="([^"]+)"', page)
    assert token is not None
    client.headers["x-csrf"] = token[1]


async def make(client: httpx.AsyncClient, **more: str) -> int:
    made = await client.post("/alerts/new", data={**ASKED, "mine": "1", **more})
    found = re.fullmatch(r"/alerts/(\d+)\?said=\w+", made.headers["location"])
    assert found is not None, made.text
    return int(found[1])
