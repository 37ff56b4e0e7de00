"""Settings for whoever runs the service: how it is watched. Part of ``service.config.Settings``."""

from __future__ import annotations

from ipaddress import ip_network
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

ANONYMOUS_PER_MINUTE = 30
"""How often the API is read by an address without a key."""


class Operating(BaseModel):
    """How the service is watched."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    ops_port: int | None = Field(default=None, ge=0, le=65535)
    """모든 프로세스에서 `/metrics`·`/healthz`·`/readyz`를 낼 포트. 화면 없는 프로세스의 점검에
    씁니다. 0이면 비어 있는 아무 포트, 비우면 화면 옆에만 / port of /metrics, /healthz and /readyz
    in every process, with a page or without; 0: any free one; unset: only beside the page"""
    ops_host: str = "127.0.0.1"
    """그 포트의 주소 / address that port listens on"""
    metrics_token: str | None = Field(
        default=None, min_length=16, pattern=r"^[\x21-\x7e]*$", repr=False
    )
    """이 기계와 사설망 밖에서 `/metrics`를 읽을 때 보일 토큰. 비우면 밖에서는 못 읽습니다 / what a
    scraper from outside loopback and private networks shows as a bearer token; unset: it is refused
    """
    traces: str | None = None
    """추적(OpenTelemetry)을 보낼 곳. `pabal[traces]`가 필요합니다 / collector that traces are sent
    to, by OTLP over HTTP (http://collector:4318); unset: OTEL_EXPORTER_OTLP_ENDPOINT, else none;
    needs pabal[traces]"""
    sentry_dsn: str | None = Field(default=None, repr=False)
    """오류를 알릴 Sentry. 개인정보는 보내지 않습니다. `pabal[sentry]`가 필요합니다 / Sentry that
    bugs are reported to, without personal data; needs pabal[sentry]"""
    keep_told: int = Field(default=365, ge=0, le=36_500)
    """보낸 것에서 일치한 말과 보낸 시도를 두는 날수. 0: 계속 / days for which the words that
    matched and the tries of what was sent are kept; 0: for good"""
    keep_audit: int = Field(default=1095, ge=0, le=36_500)
    """누가 무엇을 손으로 바꿨는지 두는 날수. 0: 계속 / days for which it is kept who changed what
    by hand; 0: for good"""

    api_anonymous: bool = Field(
        default=True,
        description=f"열쇠 없이도 API를 1분에 {ANONYMOUS_PER_MINUTE}번 읽게 합니다. 끄면 열쇠가 "
        "있어야 합니다 / let who has no key read the API too, "
        f"{ANONYMOUS_PER_MINUTE} times a minute; off: only with a key",
    )

    proxy: str | None = None
    """앞에 둔 프록시의 주소나 대역(쉼표로). 그 `X-Forwarded-For`만 믿습니다. 비우면 프록시를 거친
    모두를 한 사람으로 셉니다 / proxies in front of the pages whose X-Forwarded-For is believed,
    addresses or networks by commas (127.0.0.1,10.0.0.0/8); unset: none, and all who come through
    one count as one"""

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
