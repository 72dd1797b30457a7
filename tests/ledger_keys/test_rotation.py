"""A rotation of the log's keys, killed at every point, continued, and disturbed by another one."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping

import pytest

from inventory_common.ledger_keys import PublicKey, PublicKeys, SigningKey
from inventory_common.timestamps import plus_seconds
from inventory_common.tuning import LEDGER_KEY_KEPT_SECONDS
from tools.ledger_keys.errors import RotationError
from tools.ledger_keys.rotation import LEAD_SECONDS, OVERLAP_SECONDS, RUNNING_SECONDS, Rotation

HASH = "ab" * 32


class Killed(BaseException):
    """The process ended here."""


class Stage:
    """The secret and the published keys in memory, and a clock; each write may be the last of the process."""

    def __init__(self) -> None:
        self.seconds = 0
        self.lead_seconds = LEAD_SECONDS
        self.key: SigningKey | None = None
        self.version: str | None = None
        self.switched_at: dict[str, int] = {}
        self.keys: dict[int, PublicKey] = {}
        self.published_at: dict[str, int] = {}
        self.lines: list[str] = []
        self.slept: list[float] = []
        self.points = 0
        self.killed_at: int | None = None
        self.meanwhile: Callable[[], None] = lambda: None

    # The secret and the keys

    def current_version(self) -> str | None:
        return self.version

    def put(self, key: SigningKey, version: str) -> None:
        self._point()
        self.key, self.version = key, version
        self.switched_at[key.key_id] = self.seconds
        # Any function may sign by it from now on.
        assert key.key_id in {each.key_id for each in self.keys.values()}
        assert self.seconds - self.published_at[key.key_id] >= self.lead_seconds
        self._point()

    def all(self) -> Mapping[int, PublicKey]:
        return dict(self.keys)

    def add(self, number: int, key: PublicKey) -> None:
        self._point()
        if number in self.keys:
            raise RotationError(f"{number} exists already: another rotation runs.")
        self.keys[number] = key
        self.published_at[key.key_id] = self.seconds
        self._point()

    def replace(self, number: int, key: PublicKey) -> None:
        self._point()
        before = self.keys[number]
        assert before.retired_at is None, "a retired key does not change"
        assert (before.key_id, before.public_key) == (key.key_id, key.public_key)
        self.keys[number] = key
        self._point()

    # Time and output

    def clock(self) -> str:
        return plus_seconds("2026-01-01T00:00:00.000000Z", self.seconds)

    def sleep(self, seconds: float) -> None:
        self._point()
        self.slept.append(seconds)
        self.seconds += int(seconds)
        self.meanwhile()
        self._point()

    def _point(self) -> None:
        self.points += 1
        if self.points == self.killed_at:
            raise Killed

    def rotate(self) -> PublicKey:
        return Rotation(self, self, self.clock, self.sleep, self.lines.append).run()

    def killed(self, point: int) -> None:
        self.points, self.killed_at = 0, point
        with pytest.raises(Killed):
            self.rotate()
        self.killed_at = None

    # What must be true

    def check(self) -> None:
        """Check that records can be verified, those of the key in use and those of all before it."""
        assert self.key is not None
        published = PublicKeys(self.keys.values())
        in_use = published[self.key.key_id]
        assert in_use.verifies_hash(HASH, self.key.sign(HASH))
        assert [key for key in published.values() if key.retired_at is None] == [in_use]
        assert sorted(self.keys) == [*range(1, len(self.keys) + 1)]
        assert [key.key_id for key in self.keys.values()] == [*published], "numbered by age"
        switches = [*self.switched_at.items()]
        for (old, _), (_, replaced) in itertools.pairwise(switches):
            retired_at = published[old].retired_at
            assert retired_at is not None
            assert retired_at >= plus_seconds("2026-01-01T00:00:00.000000Z", replaced + OVERLAP_SECONDS)


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_the_first_rotation_gives_a_stage_its_key(stage: Stage) -> None:
    key = stage.rotate()
    assert stage.keys == {1: key}
    assert stage.key is not None
    assert stage.key.key_id == key.key_id
    assert key.created_at == "2026-01-01T00:00:00.000000Z"
    assert stage.slept == [LEAD_SECONDS]
    stage.check()


def test_a_rotation_adds_a_key_and_retires_the_old_one_when_no_function_can_use_it(stage: Stage) -> None:
    old = stage.rotate()
    stage.seconds = 86_400
    new = stage.rotate()
    assert stage.keys[1].retired_at == plus_seconds(old.created_at, 86_400 + LEAD_SECONDS + OVERLAP_SECONDS)
    assert stage.keys[2] == new
    assert OVERLAP_SECONDS > LEDGER_KEY_KEPT_SECONDS + 60
    stage.check()


def test_many_rotations_keep_every_key(stage: Stage) -> None:
    for _ in range(5):
        stage.rotate()
        stage.seconds += 86_400
        stage.check()
    assert len(stage.keys) == len({key.key_id for key in stage.keys.values()}) == 5


def points(stage: Stage) -> int:
    """Return how many points a rotation of this stage has at which it may be killed."""
    stage.points = 0
    stage.rotate()
    return stage.points


FIRST, SECOND = range(1, points(Stage()) + 1), range(1, 9)


def test_every_point_of_a_rotation_is_tested(stage: Stage) -> None:
    stage.rotate()
    stage.seconds = 86_400
    assert [*SECOND] == [*range(1, points(stage) + 1)]


@pytest.mark.parametrize("point", FIRST)
def test_a_first_rotation_that_was_killed_is_finished_by_the_next(stage: Stage, point: int) -> None:
    stage.killed(point)
    stage.seconds += RUNNING_SECONDS
    stage.rotate()
    stage.check()


@pytest.mark.parametrize("point", SECOND)
@pytest.mark.parametrize("again", [None, *SECOND])
def test_a_rotation_that_was_killed_twice_is_finished_by_the_next(
    stage: Stage, point: int, again: int | None
) -> None:
    old = stage.rotate()
    stage.seconds = 86_400
    stage.killed(point)
    if again is not None:
        stage.seconds += RUNNING_SECONDS
        stage.points, stage.killed_at = 0, again
        try:
            stage.rotate()
        except Killed:
            stage.killed_at = None
    stage.killed_at = None
    stage.seconds += RUNNING_SECONDS
    stage.rotate()
    stage.check()
    assert stage.key is not None
    assert stage.key.key_id != old.key_id


def test_one_run_finishes_what_is_left_and_makes_no_other_key(stage: Stage) -> None:
    stage.rotate()
    stage.seconds = 86_400
    stage.killed(SECOND[-2])  # the secret has the new key, the old one is not retired
    in_use, lines = stage.key, len(stage.lines)
    stage.seconds += 1  # it need not wait: another run that does this too would write the same
    stage.rotate()
    assert stage.key == in_use
    assert len(stage.keys) == 2
    assert "which was interrupted" in stage.lines[lines]
    assert "repeat the command" in stage.lines[-1]
    stage.check()


def test_a_second_rotation_refuses_while_the_first_one_waits(stage: Stage) -> None:
    stage.rotate()
    stage.seconds = 86_400
    refused: list[str] = []

    def another() -> None:
        with pytest.raises(RotationError) as error:
            stage.rotate()
        refused.append(str(error.value))

    stage.meanwhile = another
    key = stage.rotate()
    stage.meanwhile = lambda: None
    assert f"The key {key.key_id} was published 15 seconds ago and is not in use yet" in refused[0]
    assert "in 105 seconds" in refused[0]
    assert len(stage.keys) == 2
    stage.check()


def test_of_two_rotations_that_begin_at_once_one_is_refused(stage: Stage) -> None:
    stage.rotate()
    stage.seconds = 86_400
    late = Rotation(stage, Overtaken(stage), stage.clock, stage.sleep, stage.lines.append)
    with pytest.raises(RotationError, match="another rotation runs"):
        late.run()
    assert len(stage.keys) == 2
    stage.check()


class Overtaken:
    """The published keys of a rotation that another one overtakes before it adds its key."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.all, self.replace = stage.all, stage.replace

    def add(self, number: int, key: PublicKey) -> None:
        self._stage.rotate()
        self._stage.add(number, key)


@pytest.mark.parametrize("disturb", ["a key was added", "its key was retired", "the secret was changed"])
def test_a_rotation_that_was_disturbed_does_not_switch(stage: Stage, disturb: str) -> None:
    stage.rotate()
    stage.seconds = 86_400
    in_use = stage.key

    def meanwhile() -> None:
        newest = max(stage.keys)
        if disturb == "a key was added":
            stage.keys[newest + 1] = SigningKey("other", bytes(32)).public_key(stage.clock())
        elif disturb == "its key was retired":
            stage.keys[newest] = stage.keys[newest].retired(stage.clock())
        else:
            stage.version = "another"

    stage.meanwhile = meanwhile
    with pytest.raises(RotationError, match=r"have changed meanwhile|has changed meanwhile"):
        stage.rotate()
    assert stage.key == in_use


def test_a_secret_that_was_changed_by_hand_gets_a_published_key(stage: Stage) -> None:
    old = stage.rotate()
    stage.seconds = 86_400
    stage.version = "by-hand-1"
    stage.rotate()
    assert stage.keys[1].retired_at is not None
    assert stage.key is not None
    assert stage.key.key_id != old.key_id
    assert [key.retired_at for key in stage.keys.values()][1:] == [None]


def test_a_clock_that_was_set_back_keeps_the_order_of_the_keys(stage: Stage) -> None:
    old = stage.rotate()
    stage.seconds = -86_400
    new = stage.rotate()
    assert new.created_at > old.created_at


def test_where_nothing_uses_the_keys_yet_nothing_waits(stage: Stage) -> None:
    stage.lead_seconds = 0
    Rotation(stage, stage, stage.clock, stage.sleep, stage.lines.append, 0, 0).run()
    assert stage.slept == []
    stage.check()
    stage.keys[2] = SigningKey("orphan", bytes(32)).public_key(stage.clock())
    Rotation(stage, stage, stage.clock, stage.sleep, stage.lines.append, 0, 0).run()
    assert [key.retired_at is None for key in stage.keys.values()] == [False, False, True]
