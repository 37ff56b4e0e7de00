"""Settings for whoever runs the service: how it is watched. Part of ``service.config.Settings``."""

from __future__ import annotations

from ipaddress import ip_network
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, field_validator


class Operating(BaseModel):
    """How the service is watched."""

    ops_port: int | None = Field(
        default=None,
        ge=0,
        le=65535,
        description="port of /metrics, /healthz and /readyz in every process, with a page or "
        "without; 0: any free one; unset: only beside the page",
    )
    ops_host: str = Field(default="127.0.0.1", description="address that port listens on")
    metrics_token: str | None = Field(
        default=None,
        min_length=16,
        pattern=r"^[\x21-\x7e]*$",
        repr=False,
        description="what a scraper from outside loopback and private networks shows as a bearer "
        "token; unset: it is refused",
    )
    traces: str | None = Field(
        default=None,
        description="collector that traces are sent to, by OTLP over HTTP "
        "(http://collector:4318); unset: OTEL_EXPORTER_OTLP_ENDPOINT, else none; needs "
        "pabal[traces]",
    )
    sentry_dsn: str | None = Field(
        default=None,
        repr=False,
        description="Sentry that bugs are reported to, without personal data; needs pabal[sentry]",
    )
    keep_told: int = Field(
        default=365,
        ge=0,
        description="days for which the words that matched and the tries of what was sent are "
        "kept; 0: for good",
    )
    keep_audit: int = Field(
        default=1095,
        ge=0,
        description="days for which it is kept who changed what by hand; 0: for good",
    )

    api_anonymous: bool = Field(
        default=True,
        description="let who has no key read the API too, 30 times a minute; off: only with a key",
    )

    proxy: str | None = Field(
        default=None,
        description="proxies in front of the pages whose X-Forwarded-For is believed, addresses or "
        "networks by commas (127.0.0.1,10.0.0.0/8); unset: none, and all who come through one "
        "count as one",
    )

    @field_validator("proxy")
    @classmethod
    def _networks(cls, text: str | None) -> str | None:
        parts = [part.strip() for part in (text or "").split(",") if part.strip()]
        if not all(ip_network(part, strict=False).prefixlen for part in parts):
            msg = "must not be everybody: then anybody says whom they ask for"
            raise ValueError(msg)
        return ",".join(parts) or None

    @field_validator("traces")
    @classmethod
    def _collector(cls, url: str | None) -> str | None:
        parts = urlsplit(url or "http://unset")
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            msg = "must look like http://collector:4318"
            raise ValueError(msg)
        return url or None
