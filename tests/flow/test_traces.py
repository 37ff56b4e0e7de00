"""One release from its list to its reader, as one trace, though its steps know only rows."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from functools import partial

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from service import observe
from service.demo.sink import Sink
from service.demo.world import Release, World
from service.store.database import Database
from service.store.evidence import Evidence
from service.traces import Traces

Until = Callable[[Callable[[], Awaitable[bool]]], Awaitable[None]]

TEXT = "중소벤처기업부는 수출 바우처 신청을 5월 2일부터 받는다고 밝혔다.\n" + "자세한 내용. " * 40
RELEASE = Release(156_000_001, "중소벤처기업부", "수출 바우처 신청 안내", TEXT, datetime.now(UTC))


@pytest.fixture
def spans() -> Iterator[Callable[[], list[ReadableSpan]]]:
    """``spans()``: those that ended so far, in the order of their beginnings."""
    exporter = InMemorySpanExporter()
    traces = Traces(exporter, b"an instance")
    observe.trace_to(traces)

    def ended() -> list[ReadableSpan]:
        traces.flush()
        return sorted(exporter.get_finished_spans(), key=lambda each: each.start_time or 0)

    yield ended
    observe.trace_to(None)
    traces.close()


async def is_sent(evidence: Evidence) -> bool:
    return {row.outcome for row in await evidence.owed()} == {"sent"}


@pytest.mark.usefixtures("service")
async def test_one_release_is_one_trace_from_its_list_to_its_reader(
    spans: Callable[[], list[ReadableSpan]],
    world: World,
    sink: Sink,
    database: Database,
    subscribe: Callable[..., Awaitable[None]],
    until: Until,
) -> None:
    evidence = Evidence(database)
    await until(evidence.baselined)
    await subscribe("수출팀", "수출 바우처")

    world.publish(RELEASE, time.time())
    await until(partial(is_sent, evidence))

    async def is_traced() -> bool:
        return any(each.name == "send" for each in spans())

    await until(is_traced)
    (article,) = {(each.attributes or {})["article"] for each in spans() if each.name == "send"}
    mine = [each for each in spans() if (each.attributes or {}).get("article") == article]
    names = [each.name for each in mine]
    assert names[:2] == ["poll", "open"]
    assert [each for each in names if each != "file"] == ["poll", "open", "read", "triage", "send"]
    assert len({each.context.trace_id for each in mine if each.context}) == 1
    root, *rest = mine
    assert root.context
    assert {each.parent.span_id for each in rest if each.parent} == {root.context.span_id}
    (link,) = root.links  # to the look at the list, which found others too
    (poll,) = [e for e in spans() if e.context and e.context.span_id == link.context.span_id]
    assert (poll.name, (poll.attributes or {})["source"]) == ("poll", "korea_kr")
    assert sink.receipts
