"""What the doctor makes of what it saw: each finding with what to do where it will not do. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from service.config import Settings
from service.since import clock
from service.store.condition import ServerCondition, Work

_SKEW = timedelta(seconds=5)
_STUCK = timedelta(minutes=10)
_ROOM = 1 << 30
_GB = 1 << 30
_SECRET_LETTERS = 12
_NAMED = 5  # sources; pulse lists them all
_HERE = {"127.0.0.1", "localhost", "::1", None}
_MASKED = frozenset({"database_url"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what was looked at, what was found, and where that will not do, what to do."""

    what: str
    found: str
    advice: str = ""

    @property
    def ok(self) -> bool:
        """Whether it will do."""
        return not self.advice


def of_settings(settings: Settings) -> Iterator[Finding]:
    """What is set (secrets without their values), the secret, the public address."""
    changed = sorted(
        name for name in settings.model_fields_set if getattr(settings, name) is not None
    )
    shown = " · ".join(f"{name}={_shown(settings, name)}" for name in changed)
    yield Finding("설정 / settings", shown or "모두 기본값 / all as they come")
    yield _secret(settings.secret)
    yield _address(settings)
    yield _mail(settings)


def _shown(settings: Settings, name: str) -> str:
    hidden = name in _MASKED or not type(settings).model_fields[name].repr
    return "(set)" if hidden and getattr(settings, name) else str(getattr(settings, name))


def _secret(secret: str | None) -> Finding:
    what = "서명 비밀 / secret"
    if secret is None:
        return Finding(what, "데이터베이스가 만든 것 / the database's own")
    if len(set(secret)) < _SECRET_LETTERS:
        return Finding(
            what,
            "쉽게 짐작됨 / easily guessed",
            "PABAL_SECRET을 난수로: openssl rand -hex 32 (이미 준 링크는 무효가 됩니다) / "
            "make it random; links that were given out become void",
        )
    return Finding(what, f"PABAL_SECRET, {len(secret)}자 / characters")


def _address(settings: Settings) -> Finding:
    what = "공개 주소 / public address"
    if settings.url is None:
        return Finding(
            what,
            "없음: 메시지에 링크가 없고, 남의 주소로는 동의를 물을 수 없음 / "
            "none: no links, and nobody can be asked to agree",
        )
    parts = urlsplit(settings.url)
    if parts.scheme != "https" and parts.hostname not in _HERE:
        return Finding(
            what,
            settings.url,
            "https로: 로그인 쿠키와 링크가 엿보일 수 있습니다 / "
            "use https: cookies and links can be read on the way",
        )
    return Finding(what, settings.url)


def _mail(settings: Settings) -> Finding:
    what = "메일 / mail"
    if not settings.mail_server:
        return Finding(what, "꺼짐: 로그인 링크도 안 감 / off: nor sign-in links")
    if not settings.mail_from:
        return Finding(
            what,
            "보내는 이가 없음 / no sender",
            "PABAL_MAIL_FROM을 정하십시오 / set PABAL_MAIL_FROM",
        )
    return Finding(what, settings.mail_from)


def of_sources(off: Mapping[str, str | None]) -> Finding:
    """How many are on, and the others by reason; ``off``: of each why it is not, None if it is."""
    on = sum(why is None for why in off.values())
    kept = "".join(
        f"\n    {why}: {', '.join(name for name, each in off.items() if each == why)}"
        for why in dict.fromkeys(filter(None, off.values()))
    )
    return Finding(
        "출처 / sources",
        f"{on} 켜짐 / on · {len(off) - on} 꺼짐 / off{kept}",
        "" if on else "PABAL_SOURCES를 확인하십시오 / look at PABAL_SOURCES",
    )


def of_server(seen: ServerCondition, now: datetime) -> Iterator[Finding]:
    """The server, its schema, its clock against ours (``now``)."""
    utf8 = seen.encoding == "UTF8"
    yield Finding(
        "문자 / encoding",
        f"{seen.encoding} · {seen.timezone} · {', '.join(seen.extensions)} · "
        f"{seen.size / _GB:.1f} GB",
        "" if utf8 else "UTF8로 만든 데이터베이스로 옮기십시오 / move to one made with UTF8",
    )
    yield _schema(seen)
    skew = abs(seen.now - now)
    yield Finding(
        "시계 / clock",
        f"데이터베이스와 {skew.total_seconds():.1f}초 차이 / apart from the database",
        "" if skew <= _SKEW else "두 기계의 시계를 NTP로 맞추십시오 / set both by NTP",
    )


def _schema(seen: ServerCondition) -> Finding:
    what = "표 / schema"
    if seen.newer:
        return Finding(
            what,
            f"{seen.revision}: 이 판이 모르는 표 / not known to this version",
            "더 새로운 파발을 쓰십시오 / run the newer Pabal",
        )
    if not seen.current:
        return Finding(what, f"{seen.revision} → 다음 시작 때 / at the next start")
    return Finding(what, str(seen.revision))


def of_work(seen: Work, now: datetime) -> Iterator[Finding]:
    """The queue and the pulse, a line each."""
    late = seen.waits_since is not None and now - seen.waits_since > _STUCK
    yield Finding(
        "대기 / queue",
        f"읽을 글 {seen.to_read}, 보낼 것 {seen.to_send}, 보내지 못한 것 {seen.dead} / "
        f"to read, to send, dead letters",
        _also(
            "pabal letters" * bool(seen.dead),
            "worker가 돌고 있습니까? / is a worker running?" * late,
        ),
    )
    failing = ", ".join(seen.failing[:_NAMED]) + ", …" * (len(seen.failing) > _NAMED)
    quiet = seen.polled_at is not None and now - seen.polled_at > _STUCK
    last = clock(seen.polled_at) if seen.polled_at else "—"
    yield Finding(
        "맥박 / pulse",
        f"마지막 조회 / last poll {last} · 살펴볼 것 / ops items {seen.items} · "
        f"읽지 못하는 출처 / failing {len(seen.failing)}{f' ({failing})' * bool(failing)}",
        _also(
            "pabal pulse" * bool(seen.failing),
            "scheduler가 돌고 있습니까? / is a scheduler running?" * quiet,
        ),
    )


def _also(*advice: str) -> str:
    return " · ".join(filter(None, advice))


def of_disk(path: str, free: int) -> Finding:
    """Room where the embedded database lies, in bytes."""
    enough = free >= _ROOM
    return Finding(
        "디스크 / disk",
        f"{path}: {free / _GB:.1f} GB 남음 / free",
        "" if enough else "1 GB 넘게 비우십시오: 차면 아무것도 저장되지 않습니다 / make room",
    )
