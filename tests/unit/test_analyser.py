"""The one unit that is a process: what it must survive can only be shown with a real one."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest

from service.analyser import Analyser
from service.judging.morphemes import Morph, Morphs

WORD = ("수출이", (Morph("수출", "NNG", 0, 2), Morph("이", "JKS", 2, 3)))

ORPHAN = """
import asyncio, os, sys
from service.analyser import Analyser
async def main():
    async with Analyser() as analyser:
        await analyser.analyse(["수출이"])
        print("ready", flush=True)
        await asyncio.Event().wait()
if __name__ == "__main__":
    asyncio.run(main())
"""

# Ctrl-C while the process beside begins, before any line of ours in it: it loads the module first.
STOPPED = """
import asyncio, os, signal
from service.analyser import Analyser
async def main():
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, stop.set)
    async with Analyser() as analyser:
        await stop.wait()
        print(*await analyser.analyse(["수출이"]))
if __name__ == "__main__":
    asyncio.run(main())
else:
    os.killpg(0, signal.SIGINT)
"""


@pytest.fixture
async def analyser() -> AsyncIterator[Analyser]:
    async with Analyser() as running:
        yield running


async def child(analyser: Analyser) -> int:
    return await asyncio.get_running_loop().run_in_executor(analyser._pool, os.getpid)


async def test_windows_are_analysed_in_another_process_while_the_loop_ticks(
    analyser: Analyser,
) -> None:
    windows = [f"{n}번째수출바우처사업설명회를" for n in range(3_000)]
    work = asyncio.create_task(analyser.analyse([*windows, WORD[0]]))
    ticks = 0
    while not work.done():
        await asyncio.sleep(0)
        ticks += 1

    answer = await work

    assert answer[WORD[0]] == WORD[1]
    assert answer.keys() == {*windows, WORD[0]}
    assert ticks > 1_000
    assert await child(analyser) != os.getpid()


async def test_what_is_asked_once_is_not_remembered(analyser: Analyser) -> None:
    assert await analyser.analyse_once([WORD[0]]) == dict([WORD])
    assert not analyser._known
    assert await analyser.analyse([WORD[0]]) == dict([WORD])
    assert WORD[0] in analyser._known


async def test_a_killed_process_is_replaced_and_the_batch_is_answered(analyser: Analyser) -> None:
    first = await child(analyser)
    os.kill(first, signal.SIGKILL)

    answer = await analyser.analyse([WORD[0]])

    assert answer == dict([WORD])
    assert await child(analyser) != first


async def test_a_process_killed_at_work_loses_nothing(analyser: Analyser) -> None:
    windows = [f"{n}번째수출바우처사업설명회를" for n in range(3_000)]
    first = await child(analyser)
    work = asyncio.create_task(analyser.analyse(windows))
    await asyncio.sleep(0)  # the batch is handed over before the first await returns
    os.kill(first, signal.SIGKILL)

    assert (await work).keys() == set(windows)


def test_the_process_ends_when_its_parent_is_killed() -> None:
    parent = subprocess.Popen([sys.executable, "-c", ORPHAN], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    assert parent.stdout.readline() == b"ready\n"

    parent.kill()

    # Its children hold the other end of this pipe: it closes when the last of them is gone.
    rest, _ = parent.communicate(timeout=20)
    assert rest == b""
    assert parent.returncode == -signal.SIGKILL


def test_ctrl_c_while_the_process_begins_is_left_to_its_parent(tmp_path: Path) -> None:
    script = tmp_path / "stopped.py"
    script.write_text(STOPPED)

    done = subprocess.run(
        [sys.executable, script],
        check=False,
        capture_output=True,
        timeout=60,
        start_new_session=True,
    )

    assert (done.stderr.decode(), done.stdout.decode(), done.returncode) == ("", "수출이\n", 0)


class Counting(Analyser):
    """Answers by itself, when told to, and remembers what it was sent."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[list[str]] = []
        self.sending = asyncio.Event()
        self.open = asyncio.Event()
        self.broken = False

    async def _send(self, batch: Sequence[str]) -> list[Morphs]:
        self.sent.append(sorted(batch))
        self.sending.set()
        await self.open.wait()
        if self.broken:
            raise BrokenProcessPool
        return [(Morph(window, "NNG", 0, len(window)),) for window in batch]


async def test_questions_put_during_a_batch_go_out_together() -> None:
    analyser = Counting()
    questions = [["가"], ["나"], ["다", "라"], ["라", "가"]]
    asking = [asyncio.create_task(analyser.analyse(windows)) for windows in questions]
    await analyser.sending.wait()

    analyser.open.set()
    answers = await asyncio.gather(*asking)

    assert [answer.keys() for answer in answers] == [set(windows) for windows in questions]
    assert analyser.sent == [["가"], ["나", "다", "라"]]


async def test_a_window_is_analysed_once_and_remembered() -> None:
    analyser = Counting()
    analyser.open.set()

    await analyser.analyse(["가", "나"])
    await analyser.analyse(["나"])
    await analyser.analyse([])

    assert analyser.sent == [["가", "나"]]


async def test_a_question_given_up_does_not_disturb_the_others() -> None:
    analyser = Counting()
    first = asyncio.create_task(analyser.analyse(["가"]))
    second = asyncio.create_task(analyser.analyse(["나"]))
    await analyser.sending.wait()

    first.cancel()
    analyser.open.set()

    assert (await second).keys() == {"나"}
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_a_batch_that_breaks_is_reported_to_all_who_asked_and_the_next_is_answered() -> None:
    analyser = Counting()
    analyser.broken = True
    analyser.open.set()

    with pytest.raises(BrokenProcessPool):
        await analyser.analyse(["가"])
    analyser.broken = False

    assert (await analyser.analyse(["가"])).keys() == {"가"}
