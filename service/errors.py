"""What stops a command: one clear line for the person at the keyboard, exit code 2."""

from __future__ import annotations


class UserError(Exception):
    """Something the person at the keyboard can put right; the text says what and where."""


class BadSetting(UserError):
    """A setting that cannot be what it is; names the environment variable."""

    def __init__(self, name: str, why: str) -> None:
        """``name`` is the environment variable, ``why`` one clause."""
        super().__init__(f"설정 {name}: {why} (setting {name})")
        self.name = name
