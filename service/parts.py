"""What the service and its commands are put together from, by the settings."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import fields
from typing import Any

from notifier import registry as channels
from notifier.errors import BadAddress
from notifier.model import Channel, ChannelOptions, Traits
from scrapers.fetch import Fetcher
from scrapers.model import Source
from service import catalogue
from service.config import Settings
from service.errors import BadSetting
from service.links import Signer
from service.ops.reach import reachable
from service.store.consent import Consent
from service.store.database import Database


@asynccontextmanager
async def database_url(settings: Settings) -> AsyncIterator[str]:
    """The address of a database that answers: the configured one, else the embedded one."""
    if settings.database_url is not None:
        await reachable(settings.database_url)
        yield settings.database_url
        return
    from service.ops.embedded import running  # noqa: PLC0415 - only where no server is given

    async with running(settings.data) as server:
        await reachable(server.url)
        yield server.url


def declared(settings: Settings) -> Mapping[str, Source]:
    """The sources to poll: those that are named, else all but those that are off or lack a key.

    Raises BadSetting for one that nobody declared, or that is named and lacks a key.
    """
    every = catalogue.every(settings)
    strange = sorted(set(settings.sources) - set(every))
    if strange:
        raise BadSetting("PABAL_SOURCES", f"{strange[0]} 출처가 없습니다: no such source")
    for name in settings.sources:
        if lacked := settings.lacks(every[name].needs):
            why = f"{name} 출처에 {lacked[0]} 설정이 필요합니다: needs {lacked[0]}"
            raise BadSetting("PABAL_SOURCES", why)
    on = [name for name, source in every.items() if catalogue.off(source, settings) is None]
    return {each: every[each] for each in settings.sources or on}


def publishers(settings: Settings) -> Fetcher:
    """The way to publishers; to be closed. No page leads it into a private network."""
    from notifier.egress import is_public  # noqa: PLC0415 - few commands go out

    return Fetcher(
        contact=settings.contact,
        replica=settings.replica_url,
        pace=settings.pace,
        keys=settings.keys,
        public=None if settings.private_addresses else is_public,
    )


def open_channels(settings: Settings) -> dict[str, Channel]:
    """Every channel, opened once for the process."""
    set_here = {each.name: getattr(settings, each.name, None) for each in fields(ChannelOptions)}
    given: dict[str, Any] = {name: value for name, value in set_here.items() if value is not None}
    options = ChannelOptions(**given)
    try:
        return {name: channels.open_channel(name, options) for name in channels.names()}
    except BadAddress as error:  # whatever else a channel needs was looked at with the settings
        raise BadSetting("PABAL_DKIM_KEY", str(error)) from None


def ways_to_tell(
    settings: Settings, stack: AsyncExitStack
) -> tuple[Mapping[str, Channel], Mapping[str, Traits]]:
    """Every channel, which ``stack`` closes, and what is true of each."""
    ways_out = open_channels(settings)
    for channel in ways_out.values():
        stack.push_async_callback(channel.aclose)
    return ways_out, {name: channels.traits(name) for name in ways_out}


async def secret(settings: Settings, database: Database) -> bytes:
    """What links are signed with: the chosen secret, else our own."""
    return settings.secret.encode() if settings.secret else await Consent(database).secret()


async def signer(settings: Settings, database: Database) -> Signer:
    """What signs the links of messages, and reads them."""
    return Signer(await secret(settings, database))
