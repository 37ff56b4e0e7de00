"""Traces of one release from its list to its readers, sent to a collector by OpenTelemetry.

Steps hand over by rows and know nothing of each other. So the trace of an article is not passed on:
it is derived from the article's number, in every process alike.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from service.errors import BadSetting

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.sdk.trace.id_generator import IdGenerator
    from opentelemetry.trace import Span, SpanContext

_SECOND = 1_000_000_000
_SIMPLE = (bool, int, float, str)


class Traces:
    """Spans on their way to ``exporter``. ``instance`` tells installations apart."""

    def __init__(self, exporter: SpanExporter, instance: bytes) -> None:
        """Needs the extra ``traces``."""
        from opentelemetry import trace  # noqa: PLC0415 - an extra
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

        self._api = trace
        self._instance = instance
        self._ids = _Ids()
        self._provider = TracerProvider(
            resource=Resource.create({"service.name": "pabal"}),
            id_generator=cast("IdGenerator", self._ids),
            shutdown_on_exit=False,
        )
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("pabal")

    def flush(self) -> None:
        """Send what is left; waits for the collector a few seconds at most."""
        self._provider.force_flush(3000)

    def close(self) -> None:
        """Send what is left, and no more."""
        self.flush()
        self._provider.shutdown()

    def begin(self, step: str, article: int | None) -> Span:
        """A span that begins now: in the trace of ``article``, else in one of its own."""
        return self._tracer.start_span(step, context=self._within(article))

    def end(self, span: Span, outcome: str, said: Mapping[str, object], *, keep: bool) -> None:
        """End a span. One that is not kept is never sent."""
        if not keep:
            return
        for name, value in said.items():
            span.set_attribute(name, value if isinstance(value, _SIMPLE) else str(value))
        if outcome in {"failed", "broken", "dead"}:
            span.set_status(self._api.StatusCode.ERROR, outcome)
        span.end()

    def root(self, step: str, article: int, seconds: float, by: Span) -> None:
        """The first span of an article's trace: of the unit that found it, linked to that."""
        self._ids.wanted = self._ids_of(article)
        link = self._api.Link(by.get_span_context())
        self._past(step, seconds, {"article": article}, context=self._within(None), links=[link])

    def past(self, step: str, article: int, seconds: float, said: Mapping[str, str | int]) -> None:
        """A span that ends now and began ``seconds`` ago."""
        self._past(step, seconds, {"article": article, **said}, context=self._within(article))

    def _past(self, step: str, seconds: float, said: Mapping[str, str | int], **place: Any) -> None:
        now = time.time_ns()
        began = now - int(seconds * _SECOND)
        self._tracer.start_span(step, start_time=began, attributes=said, **place).end(now)

    def _within(self, article: int | None) -> Context:
        # Never whatever happens to be current: units of one release follow each other by rows.
        parent = self._api.INVALID_SPAN
        if article is not None:
            parent = self._api.NonRecordingSpan(self._root(article))
        return self._api.set_span_in_context(parent)

    def _root(self, article: int) -> SpanContext:
        trace_id, span_id = self._ids_of(article)
        sampled = self._api.TraceFlags(self._api.TraceFlags.SAMPLED)
        return self._api.SpanContext(trace_id, span_id, is_remote=True, trace_flags=sampled)

    def _ids_of(self, article: int) -> tuple[int, int]:
        digest = hashlib.sha256(b"%b article %d" % (self._instance, article)).digest()
        return int.from_bytes(digest[:16]), int.from_bytes(digest[16:24])


class _Ids:
    """Gives the span that is started next the ids that are wanted, others chance ones."""

    def __init__(self) -> None:
        from opentelemetry.sdk.trace.id_generator import RandomIdGenerator  # noqa: PLC0415

        self.wanted: tuple[int, int] | None = None
        self._chance = RandomIdGenerator()

    def generate_span_id(self) -> int:  # asked for after the trace's
        wanted, self.wanted = self.wanted, None
        return wanted[1] if wanted else self._chance.generate_span_id()

    def generate_trace_id(self) -> int:
        return self.wanted[0] if self.wanted else self._chance.generate_trace_id()

    def is_trace_id_random(self) -> bool:
        return False


def collector(endpoint: str, secret: bytes) -> Traces:
    """Traces to the collector at ``endpoint``, by OTLP over HTTP.

    ``secret`` is the installation's: what is derived of it tells nothing about it. Raises
    BadSetting where the extra is not installed.
    """
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
    except ImportError:
        raise BadSetting("PABAL_TRACES", "needs pabal[traces]") from None
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
    return Traces(exporter, hashlib.sha256(b"pabal traces " + secret).digest())
