import pytest

from tests.commands import Pabal


@pytest.mark.parametrize("command", [("pause", "nope", "--why", "쉼"), ("resume", "nope")])
def test_a_source_that_nobody_declared_is_refused_in_one_line(
    pabal: Pabal, command: tuple[str, ...]
) -> None:
    done = pabal(*command)

    assert (done.returncode, done.stdout) == (2, "")
    said, _, known = done.stderr.partition("; ")
    assert said == "pabal: nope: 그런 출처가 없습니다 (no such source)"
    assert "yna" in known
    assert known.count("\n") == 1


def test_nobody_is_left_alone_without_a_reason(pabal: Pabal) -> None:
    assert "--why" in pabal("pause", "yna").stderr

    blank = pabal("pause", "yna", "--why", "  ")

    assert blank.returncode == 2
    assert "까닭을 적으십시오 (say why)" in blank.stderr
