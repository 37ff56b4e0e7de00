from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from service.config import Settings, default_data_dir, from_environment
from service.errors import BadSetting


@pytest.mark.parametrize(
    ("uid", "xdg", "expected"),
    [
        (0, "/somewhere", "/var/lib/pabal"),
        (1000, None, "/home/mina/.local/share/pabal"),
        (1000, "", "/home/mina/.local/share/pabal"),
        (1000, "relative", "/home/mina/.local/share/pabal"),
        (1000, "/somewhere", "/somewhere/pabal"),
    ],
)
def test_the_default_place_follows_the_account(uid: int, xdg: str | None, expected: str) -> None:
    assert default_data_dir(Path("/home/mina"), uid, xdg) == Path(expected)


def test_nothing_set_gives_every_default() -> None:
    settings = from_environment({"XDG_DATA_HOME": "/somewhere"})
    assert settings == Settings(data=settings.data)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PABAL_PORT", "http"),
        ("PABAL_PORT", "70000"),
        ("PABAL_PACE", "0"),
        ("PABAL_DATABASE_URL", "mysql://somewhere/else"),
        ("PABAL_REPLICA_URL", "http://10.0.0.1:80"),
        ("PABAL_REPLICA_URL", "http://127.0.0.1:http"),
        ("PABAL_TRACES", "http://collector:70000"),
        ("PABAL_KEEP_TOLD", "1000000"),
        ("PABAL_KEEP_AUDIT", "1000000"),
        ("PABAL_CONTACT", "문의"),
        ("PABAL_LOG", "loud"),
        ("PABAL_LOOK_AGAIN", "soon"),
        ("PABAL_LOOK_AGAIN", "1h,0d"),
        ("PABAL_PRIVATE_ADDRESSES", "perhaps"),
        ("PABAL_URL", "pabal.example.org"),
        ("PABAL_URL", "ftp://pabal.example.org"),
        ("PABAL_URL", "https://pabal.example.org/?page=1"),
        ("PABAL_URL", "https://pabal.example.org/#top"),
        ("PABAL_URL", "https://user@pabal.example.org"),
        ("PABAL_URL", "https://pabal.example.org:https"),
        ("PABAL_PROXY", "10.0.0.0/8,proxy"),
        ("PABAL_PROXY", "0.0.0.0/0"),
        ("PABAL_SECRET", "x" * 31),
        ("PABAL_MAIL_SERVER", "mail.example.org"),
        ("PABAL_MAIL_SERVER", "smtp://user@mail.example.org"),
        ("PABAL_MAIL_SERVER", "smtps://user:password@mail.example.org"),
        ("PABAL_MAIL_SERVER", "smtps://mail.example.org:99999"),
        ("PABAL_MAIL_FROM", "파발"),
        ("PABAL_MAIL_FROM", "파발\r\nBcc: b@example.org <a@example.org>"),
        ("PABAL_MAIL_BOUNCES", "bounces@"),
        ("PABAL_BOUNCES_MAILBOX", "imap://user@mail.example.org"),
        ("PABAL_BOUNCES_MAILBOX", "imaps://user:password@mail.example.org"),
        ("PABAL_BOUNCES_MAILBOX", "Maildir"),
        ("PABAL_KEY_NAVER_ID", "two words"),
        ("PABAL_KEY_NAVER_ID", "id\r\nX-Injected: 1"),
        ("PABAL_KEY_DATA_GO_KR", "열쇠"),
    ],
)
def test_a_bad_setting_is_refused_by_its_name(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=name):
        from_environment({name: value})


def test_an_empty_variable_is_one_that_is_not_set_but_for_looks_that_are_never() -> None:
    known = ("PABAL_URL", "PABAL_DATA", "PABAL_HOST", "PABAL_PORT", "PABAL_SECRET", "PABAL_SOURCES")

    assert from_environment(dict.fromkeys(known, "")) == from_environment({})
    assert from_environment({"PABAL_LOOK_AGAIN": ""}).looks == ()


def test_a_misspelt_setting_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(BadSetting, match=r"PABAL_DATBASE_URL.*did you mean PABAL_DATABASE_URL"):
        from_environment({"PABAL_DATBASE_URL": "postgresql://host/name"})


def test_a_secret_is_read_from_the_file_that_its_twin_names(tmp_path: Path) -> None:
    secret = tmp_path / "url"
    secret.write_text("postgresql://pabal:geheim@db/pabal\n")
    settings = from_environment({"PABAL_DATABASE_URL_FILE": str(secret)})
    assert settings.database_url == "postgresql+asyncpg://pabal:geheim@db/pabal"


def test_a_setting_and_its_file_together_are_refused(tmp_path: Path) -> None:
    both = {"PABAL_PORT": "1", "PABAL_PORT_FILE": str(tmp_path)}
    with pytest.raises(BadSetting, match="PABAL_PORT is set too"):
        from_environment(both)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match=r"PABAL_PORT_FILE.*nowhere"):
        from_environment({"PABAL_PORT_FILE": str(tmp_path / "nowhere")})


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"\x30\x82\xff")
    with pytest.raises(BadSetting, match=r"PABAL_DKIM_KEY_FILE.*key: .*UTF-8"):
        from_environment({"PABAL_DKIM_KEY_FILE": str(tmp_path / "key")})


def test_sources_are_given_by_commas() -> None:
    assert from_environment({"PABAL_SOURCES": "yna, etoday,"}).sources == ("yna", "etoday")


@pytest.mark.parametrize(
    ("given", "looks"),
    [
        ("1d, 90m ,30s", [timedelta(seconds=30), timedelta(minutes=90), timedelta(days=1)]),
        ("", []),
    ],
)
def test_looks_are_given_by_commas_and_made_the_soonest_first(
    given: str, looks: list[timedelta]
) -> None:
    assert list(from_environment({"PABAL_LOOK_AGAIN": given}).looks) == looks


def test_keys_are_known_by_their_names_and_shown_nowhere(tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text("gehe%2Bim\n")
    given = {"PABAL_KEY_DATA_GO_KR_FILE": str(secret), "PABAL_KEY_NAVER_ID": "geheim"}

    settings = from_environment({**given, "PABAL_KEY_BIZINFO": ""})

    assert settings.keys == {"data_go_kr": "gehe%2Bim", "naver_id": "geheim"}
    assert "gehe" not in repr(settings)
    assert settings.lacks(("naver_id", "naver_secret")) == ("PABAL_KEY_NAVER_SECRET",)
    assert settings.lacks(()) == ()


@pytest.mark.parametrize("token", ["geheim", "10:ge heim", "10:ge/heim", "10:geheim?x"])
def test_a_bots_token_is_not_shown_and_can_not_change_an_address(token: str) -> None:
    with pytest.raises(BadSetting) as refused:
        from_environment({"PABAL_TELEGRAM_TOKEN": token})

    assert "heim" not in str(refused.value)
    assert "heim" not in repr(from_environment({"PABAL_TELEGRAM_TOKEN": "10:geheim"}))


def test_a_bad_key_is_not_repeated() -> None:
    with pytest.raises(BadSetting) as refused:
        from_environment({"PABAL_KEY_BIZINFO": "ge heim"})

    assert "heim" not in str(refused.value)


def test_the_public_address_has_no_slash_at_its_end() -> None:
    settings = from_environment({"PABAL_URL": "https://pabal.example.org/news/"})
    assert settings.url == "https://pabal.example.org/news"


def test_what_signs_links_is_shown_nowhere() -> None:
    assert "geheim" not in repr(from_environment({"PABAL_SECRET": "geheim" * 6}))
    with pytest.raises(BadSetting) as refused:
        from_environment({"PABAL_SECRET": "geheim"})
    assert "geheim" not in str(refused.value)


def test_what_mail_needs_is_set_and_its_secrets_are_shown_nowhere(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("-----BEGIN PRIVATE KEY-----", "utf-8")
    settings = from_environment(
        {
            "PABAL_MAIL_SERVER": "smtp+starttls://user%40example.org@mail.example.org",
            "PABAL_MAIL_PASSWORD": "hidden word",
            "PABAL_MAIL_FROM": "파발 <alerts@example.org>",
            "PABAL_MAIL_BOUNCES": "example.org",
            "PABAL_BOUNCES_MAILBOX": "imaps://bounces@mail.example.org/INBOX",
            "PABAL_BOUNCES_PASSWORD": "hidden word",
            "PABAL_DKIM_KEY_FILE": str(tmp_path / "key"),
        }
    )

    assert settings.mail_from == "파발 <alerts@example.org>"
    assert settings.dkim_key == "-----BEGIN PRIVATE KEY-----"
    assert "hidden" not in repr(settings)
    assert "PRIVATE" not in repr(settings)
