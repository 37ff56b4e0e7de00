"""Whatever else Apprise reaches: the address is one of Apprise's URLs, appriseit.com.

Apprise looks addresses up and connects by itself, past the guard that keeps our own posts off
private networks. So it is there only where the operator installed it (``pabal[apprise]``) and
allowed it (``PABAL_APPRISE=true``): whoever may subscribe then reaches what this machine reaches.

That Apprise says True means *sent*; it does not tell failures apart, so every other one is tried
again. Its texts are cut to the length that Apprise knows of a service, and marks that a service may
read are put in their full-width twins.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from notifier.errors import BadAddress, TryAgain
from notifier.fitting import Run, cut, foot, tame, tamed, units, written
from notifier.letter import letter
from notifier.model import Card, ChannelOptions, Message, Receipt, Traits

CARD = Card(
    korean="Apprise",
    english="Apprise",
    address="Apprise의 주소 / an address of [Apprise](https://appriseit.com)",
    what="그 밖의 어디든. `PABAL_APPRISE=true`와 `pabal[apprise]`가 있어야 합니다 / anywhere "
    "else; the operator must allow it",
)

_THREADS = 4
TRAITS = Traits(at_once=_THREADS)
_LONGEST_ADDRESS = 2048
_LEAST, _MOST = 200, 8000  # characters of text
_TITLE = 150


class Apprise:
    """Hands messages to Apprise in a few threads of its own, since it blocks."""

    def __init__(self, options: ChannelOptions) -> None:
        self._allowed = options.apprise
        self._timeout = options.timeout
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="apprise")

    async def send(self, message: Message) -> Receipt:
        """Send one message. Raises TryAgain or Undeliverable."""
        loop = asyncio.get_running_loop()
        sending = loop.run_in_executor(self._threads, self._sent, message)
        try:
            return await asyncio.wait_for(sending, self._timeout)
        except TimeoutError:
            raise TryAgain(f"{self._timeout:g}초 안에 답이 없습니다 (no answer)") from None

    async def aclose(self) -> None:
        """Take nothing more; what is on its way ends by Apprise's own limits."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def check_address(self, address: str) -> None:
        """Raise BadAddress unless Apprise is there, allowed and knows such an address."""
        self._ways(address)

    def _sent(self, message: Message) -> Receipt:
        ways = self._ways(message.address)
        said, service = letter(message), ways[0]
        title = cut(tame(said.subject), _TITLE)
        most = max(_LEAST, min(_MOST, service.body_maxlen) - len(title))
        source = [(Run(said.labels.source, url=said.url),)] if said.url else []
        body = written(said, tamed, most, units, head=source, foot=foot(said))
        kind = "warning" if said.urgent else "info"
        if not ways.notify(body=body, title=title, notify_type=kind, body_format="text"):
            raise TryAgain("Apprise가 보내지 못했습니다 (Apprise could not send it)")
        return Receipt(f"apprise {service.service_name}")

    def _ways(self, address: str) -> Any:
        """An Apprise with the one service that ``address`` is."""
        if not self._allowed:
            raise BadAddress("Apprise는 PABAL_APPRISE=true일 때만 씁니다 (the operator must allow)")
        try:
            import apprise  # noqa: PLC0415 - an optional dependency, and slow to load
        except ImportError:
            raise BadAddress(
                "Apprise가 깔려 있지 않습니다 (not installed): pip install 'pabal[apprise]'"
            ) from None
        asset = apprise.AppriseAsset(app_id="Pabal", app_desc="파발", async_mode=False)
        known = len(address) <= _LONGEST_ADDRESS and address.isprintable() and address.strip()
        ways = apprise.Apprise(asset=asset)
        if not (known and ways.add(address) and len(ways) == 1):
            raise BadAddress("Apprise가 아는 주소가 아닙니다 (not an address of Apprise)")
        return ways


open_channel = Apprise
