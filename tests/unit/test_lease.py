import asyncio

import pytest

from service.lease import held
from service.observe import LeaseLost


class Renewals:
    """Answers as told, one after the other; the last answer stays."""

    def __init__(self, *answers: bool | Exception) -> None:
        self.answers = list(answers)
        self.asked = 0
        self.third = asyncio.Event()

    async def __call__(self) -> bool:
        self.asked += 1
        if self.asked == 3:
            self.third.set()
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


async def hold_for_ever(renew: Renewals) -> None:
    async with held(renew, 0):
        await asyncio.Event().wait()


def cancelling() -> int:
    task = asyncio.current_task()
    assert task is not None
    return task.cancelling()


async def test_a_lease_is_renewed_while_the_work_lasts_and_not_after() -> None:
    renew = Renewals(True)

    async with held(renew, 0):
        await renew.third.wait()

    asked = renew.asked
    for _ in range(10):
        await asyncio.sleep(0)
    assert renew.asked == asked


async def test_nothing_is_renewed_before_its_time() -> None:
    renew = Renewals(False)

    async with held(renew, 3600):
        for _ in range(10):
            await asyncio.sleep(0)

    assert renew.asked == 0


async def test_a_lost_lease_stops_the_work() -> None:
    renew = Renewals(True, True, False)

    with pytest.raises(LeaseLost) as lost:
        await hold_for_ever(renew)

    assert renew.asked == 3
    assert lost.value.__cause__ is None
    assert cancelling() == 0  # whoever lost a lease may go on with other work


async def test_a_renewal_that_fails_loses_the_lease_and_is_the_cause() -> None:
    away = ConnectionError("the database is away")

    with pytest.raises(LeaseLost) as lost:
        await hold_for_ever(Renewals(True, away))

    assert lost.value.__cause__ is away
    assert cancelling() == 0


async def test_an_error_of_the_work_comes_out_as_it_is() -> None:
    async def work() -> None:
        async with held(Renewals(True), 0):
            await asyncio.sleep(0)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await work()


async def test_a_worker_that_is_told_to_end_ends_as_cancelled() -> None:
    renew = Renewals(True)
    worker = asyncio.create_task(hold_for_ever(renew))
    await renew.third.wait()

    worker.cancel()

    with pytest.raises(asyncio.CancelledError):
        await worker
    assert worker.cancelled()


async def test_a_worker_that_is_told_to_end_as_it_loses_its_lease_ends_as_cancelled() -> None:
    async def lose() -> bool:
        worker.cancel()
        return False

    async def work() -> None:
        async with held(lose, 0):
            await asyncio.Event().wait()

    worker = asyncio.create_task(work())

    with pytest.raises(asyncio.CancelledError):
        await worker
    assert worker.cancelled()


async def test_a_time_limit_around_the_work_stays_a_time_limit() -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await hold_for_ever(Renewals(True))


async def test_a_lease_lost_inside_a_time_limit_is_a_lost_lease() -> None:
    with pytest.raises(LeaseLost):
        async with asyncio.timeout(60):
            await hold_for_ever(Renewals(False))


async def test_the_lease_is_lost_only_for_whoever_held_it() -> None:
    renew = Renewals(True)
    other = asyncio.create_task(hold_for_ever(renew))

    with pytest.raises(LeaseLost):
        await hold_for_ever(Renewals(False))

    assert not other.done()
    other.cancel()
    await asyncio.gather(other, return_exceptions=True)
