from __future__ import annotations
import re, sys
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
import httpx, pytest
import sqlalchemy as sa
from notifier import registry as channels
from notifier.model import ChannelOptions
from service.judging.fields import Values
from service.links import Signer
from service.preview import Tools
from service.reading.publishers import Registry
from service.store import tables
from service.store.database import Database
from service.web.app import build
from service.web.means import Means
from service.web.shell import COOKIE
SIGNER = Signer(b"a secret of this test, 32 or more")
NOW = datetime.now(UTC)
REG = Registry.load()
async def nothing(windows): return dict.fromkeys(windows, ())
WORDS = ["%00","%2F","%2e%2e%2f","99999999999999999999","9223372036854775807","9223372036854775808","-1","0","%ED%A0%80","%F0%9F%98%80","%0d%0aX: y","%ff","{}", "a"*3000, "%EF%BC%91%EF%BC%92", "1e9","%20","%0a", "٣"]
async def test_x(migrated_url: str) -> None:
    db = Database(migrated_url, size=3)
    known = {n: channels.traits(n) for n in ("webhook","feed","console","ntfy")}
    ways = {n: channels.open_channel(n, ChannelOptions(private_addresses=True)) for n in known}
    app = build(db, SIGNER, None, means=Means(Values(REG), ways, known, Tools(nothing, REG, {})))
    async with db.transaction() as tx:
        r = await tx.execute(sa.insert(tables.account).values(address="o@example.org", role="operator").returning(tables.account.c.id))
        n = r.scalar_one()
        await tx.execute(sa.insert(tables.session).values(sha256=sha256(b"operator").digest(), account_id=n, expires_at=NOW+timedelta(days=1)))
        await tx.execute(sa.insert(tables.source).values(id="a"))
    bad = []
    def routes(rs, prefix=""):
        for r in rs:
            sub = getattr(r, "routes", None)
            if sub and not getattr(r,"methods",None):
                yield from routes(sub, prefix + getattr(r,"path",""))
            elif getattr(r, "path", None):
                yield prefix + r.path, r
            else:
                print("??", type(r), r.__dict__.keys(), file=sys.stderr)
    found = dict(routes(app.router.routes))
    print(len(found), sorted(found), file=sys.stderr)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=("127.0.0.1",1))
    async with httpx.AsyncClient(transport=transport, base_url="http://pabal.test") as c:
        cookie = {"Cookie": f"{COOKIE}=operator"}
        queries = [f"{k}={v}" for v in ("%00","%ED%A0%80","99999999999999999999","9"*5000,"0001-01-01","9999-12-31", "-99999999999999999-1","1-999999999999999999", "("*900, "%ff","NOT "*200) for k in ("q","after","before","part","month","view","from","to","ministry","topic","kind","have","last","lang","cursor","limit","since","until","source","said","rule","next","order","all","name","subscription","open")]
        for path in sorted(found):
            if "{" in path:
                targets = [re.sub(r"\{[^}]+\}", w, path) for w in WORDS]
            else:
                targets = [path] + [f"{path}?{q}" for q in queries]
            for t in targets:
                for m in ("GET","HEAD","OPTIONS"):
                    if m=="OPTIONS" and t is not targets[0]: continue
                    if "stream" in t: continue
                    try:
                        a = await c.request(m, t, headers=cookie)
                    except Exception as e:
                        bad.append((m, t[:120], repr(e)[:100])); continue
                    if a.status_code >= 500 and a.status_code not in (501,):
                        bad.append((m,t[:120],a.status_code))
                    if t is targets[0] and m!="GET" and a.status_code==405: print("405", m, path, file=sys.stderr)
        for host in ("[", "a/b", "x:y", "ex ample", "a@b", "[::1", "\\"):
            for p in ("/", "/alerts", "/api", "/api/v1/topics", "/calls.ics", "/release/1.ics","/nope","/sign-in"):
                try:
                    a = await c.get(p, headers={"Host": host})
                    if a.status_code>=500: bad.append((host,p,a.status_code))
                except Exception as e: bad.append((host,p,repr(e)[:200]))
    for b in bad[:200]: print(b, file=sys.stderr)
    print(len(bad), file=sys.stderr)
    await db.close()
