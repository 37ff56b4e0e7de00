"""Wherever a publisher's page leads, nothing reaches this machine or its network.

A page, a feed or a list names the addresses of posts and files, and what is there is shown to
everybody: a site that was taken over must not have us read what only this machine may.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from notifier.egress import is_public
from scrapers.errors import ScrapeError
from scrapers.fetch import Fetcher
from scrapers.model import Request
from scrapers.wire import Limits
from service.config import Settings
from service.parts import publishers
from tests.faults.inside import FORMS, HOSTS, NAMES, listening

SPELT = [host for host in HOSTS if host not in NAMES.split()]
LIMITS = Limits(total=2.0)


@pytest.mark.fault(18)
async def test_no_form_of_an_inside_address_is_asked_for_a_page(
    measured: Callable[..., None],
) -> None:
    fetcher = Fetcher(contact="ops@example.org", limits=LIMITS, public=is_public, pace=10_000)
    got = []
    async with listening() as canary:
        for host in [*SPELT, "localhost", "LOCALHOST."]:
            for scheme in ("http", "https"):
                try:
                    await fetcher.get(Request(f"{scheme}://{host}:{canary.port}/"))
                except ScrapeError:
                    continue
                got.append(host)
        await fetcher.aclose()

    measured(addresses=len(set(SPELT)), connected=len(canary.visitors))
    assert (got, canary.visitors) == ([], [])
    assert len(FORMS) > len(set(SPELT)) > 400


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433"])
async def test_the_canary_is_reached_where_nobody_guards(host: str) -> None:
    fetcher = Fetcher(contact="ops@example.org", limits=LIMITS, pace=10_000)
    async with listening() as canary:
        with pytest.raises(ScrapeError):
            await fetcher.get(Request(f"http://{host}:{canary.port}/"))
        await fetcher.aclose()

    assert canary.visitors


async def test_the_service_asks_within_a_private_network_only_where_that_is_allowed() -> None:
    async with listening() as canary:
        for allowed, visits in ((False, 0), (True, 1)):
            fetcher = publishers(Settings(private_addresses=allowed))
            with pytest.raises(ScrapeError) as refused:
                await fetcher.get(Request(f"http://127.0.0.1:{canary.port}/"))
            await fetcher.aclose()
            assert ("not on the public network" in str(refused.value)) is not allowed
            assert len(canary.visitors) == visits
