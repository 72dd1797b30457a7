"""Commands of the supervisor, and processes that execute them."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.children import Child, stop_children
from local.control import Channel, Commands, NoReply
from local.errors import StackError
from local.event_source import EventSource
from local.schedule import Schedule
from local.triggers import read_to_the_end, run
from tests.local.running_stacks import wait_until


class Ended(Exception):
    """The loop has been ended."""


class Source(EventSource):
    """A stream with so many records."""

    def __init__(self, records: int = 0, *, endless: bool = False) -> None:
        self.records = records
        self.endless = endless

    is_behind = True

    def poll(self) -> bool:
        return not self.poll_to_the_end()

    def poll_to_the_end(self) -> bool:
        if self.endless:
            return False
        was_empty = not self.records
        self.records = max(0, self.records - 1)
        return was_empty


class Recorded(Schedule):
    """A schedule that counts how often it was polled, and ends the loop on request."""

    def __init__(self) -> None:
        self.polls = 0
        self.is_over = False

    def poll(self) -> None:
        self.polls += 1
        if self.is_over:
            raise Ended


@pytest.fixture
def channel() -> Iterator[Channel]:
    made = Channel("the other one")
    yield made
    made.close()


def go_on() -> None:
    """Stand for a supervisor that need not stop."""


def test_streams_are_read_until_none_has_another_record() -> None:
    sources = [Source(3), Source()]
    assert read_to_the_end(sources, None) == {"is_at_end": True, "was_at_end": False}
    assert read_to_the_end(sources, None) == {"is_at_end": True, "was_at_end": True}
    assert [source.records for source in sources] == [0, 0]


def test_streams_without_an_end_are_given_up_in_time() -> None:
    assert read_to_the_end([Source(endless=True)], 0.01) == {"is_at_end": False, "was_at_end": False}


def test_a_held_process_runs_no_schedule_until_it_is_released(channel: Channel) -> None:
    schedule, source = Recorded(), Source(5)
    commands = Commands(socket.socket(fileno=os.dup(channel.child_descriptor)))

    def loop() -> None:
        with pytest.raises(Ended):
            run([source], [schedule], commands)

    thread = threading.Thread(target=loop)
    thread.start()
    wait_until(lambda: schedule.polls > 2, "some polls")
    assert channel.ask("hold", go_on, seconds=10, for_seconds=None)["is_at_end"]
    assert source.records == 0
    polls = schedule.polls
    source.records = 2
    assert not channel.ask("hold", go_on, seconds=10, for_seconds=None)["was_at_end"]
    assert channel.ask("hold", go_on, seconds=10, for_seconds=None)["was_at_end"]
    assert schedule.polls == polls
    channel.send("release")
    wait_until(lambda: schedule.polls > polls, "another poll")
    schedule.is_over = True
    thread.join(10)
    assert not thread.is_alive()


def test_a_slow_function_delays_no_other_stream() -> None:
    may_end = threading.Event()

    class Slow(Source):
        def poll(self) -> bool:
            may_end.wait(10)
            return False

    schedule, source = Recorded(), Source(5)

    def loop() -> None:
        with pytest.raises(Ended):
            run([Slow(), source], [schedule], Commands(None))

    thread = threading.Thread(target=loop)
    thread.start()
    wait_until(lambda: source.records == 0, "the end of the other stream")
    may_end.set()
    schedule.is_over = True
    thread.join(10)
    assert not thread.is_alive()


def test_an_error_of_a_stream_ends_the_process() -> None:
    class Broken(Source):
        def poll(self) -> bool:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run([Source(), Broken()], [Recorded()], Commands(None))


def test_a_late_reply_is_not_taken_for_that_of_a_later_command(channel: Channel) -> None:
    commands = Commands(socket.socket(fileno=os.dup(channel.child_descriptor)))
    with pytest.raises(NoReply, match="the other one did not reply within 0 seconds"):
        channel.ask("first", go_on, seconds=0.1)
    late = commands.wait(1)
    assert late is not None
    commands.reply(late, value="late")
    second = channel.send("second")
    assert second == 2
    answered = commands.wait(1)
    assert answered == {"id": 2, "command": "second"}

    def reply_to_the_third() -> None:
        third = commands.wait(10)
        assert third is not None
        commands.reply(third, value="in time")

    thread = threading.Thread(target=reply_to_the_third)
    thread.start()
    assert channel.ask("third", go_on, seconds=10)["value"] == "in time"
    thread.join()


def test_waiting_for_a_reply_ends_with_the_supervisors_error(channel: Channel) -> None:
    def stop() -> None:
        raise StackError("aws has ended")

    with pytest.raises(StackError, match="aws has ended"):
        channel.ask("save", stop)


def test_a_process_whose_supervisor_is_gone_gets_no_more_commands(channel: Channel) -> None:
    commands = Commands(socket.socket(fileno=os.dup(channel.child_descriptor)))
    channel.send("last")
    channel.close()
    last = commands.wait(1)
    assert last is not None
    assert last["command"] == "last"
    assert commands.wait(1) is None
    assert commands.wait(0) is None
    commands.reply(last)


def test_only_a_process_with_a_channel_inherits_one(tmp_path: Path) -> None:
    (tmp_path / "shows.py").write_text(
        "import os, sys\n"
        "from local.control import Commands, inherited_socket\n"
        "connection = inherited_socket()\n"
        "print(connection is not None, flush=True)\n"
        "commands = Commands(connection)\n"
        "command = commands.wait(20) if connection else None\n"
        "if command: commands.reply(command, said=command['text'])\n"
    )
    root = Path(__file__).resolve().parents[2]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": f"{tmp_path}:{root}"}
    without = Child("without", ["shows"], environment, tmp_path / "without.log")
    with_channel = Child("with", ["shows"], environment, tmp_path / "with.log", has_channel=True)
    try:
        assert with_channel.channel is not None
        assert with_channel.channel.ask("say", go_on, seconds=20, text="ü")["said"] == "ü"
        wait_until(lambda: without.exit_code == 0, "end of the other one")
        assert without.log_tail() == "False"
        assert with_channel.log_tail() == "True"
    finally:
        stop_children([without, with_channel])
