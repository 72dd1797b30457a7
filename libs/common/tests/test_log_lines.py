import io
import json
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory_common.log_lines import exception_fields, log_event, write_event
from inventory_common.timestamps import timestamp

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Lines:
    """The lines that were written since the last call, each of which has to be a JSON object."""
    return lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_an_event_is_one_line_with_time_level_message_service_and_its_fields(lines: Lines) -> None:
    log_event("inventory-stock", "stream batch", records=3, table="VendorInventory")
    [line] = lines()
    assert timestamp(line["timestamp"]) == line.pop("timestamp")
    assert line == {
        "level": "INFO",
        "message": "stream batch",
        "service": "inventory-stock",
        "records": 3,
        "table": "VendorInventory",
    }


def test_an_event_has_the_level_that_is_passed(lines: Lines) -> None:
    log_event("shop", "request", level="ERROR")
    assert lines()[0]["level"] == "ERROR"


def test_a_field_cannot_replace_a_field_that_every_line_has(lines: Lines) -> None:
    log_event("shop", "alert", service="other", message="forged", timestamp="never", level="WARN")
    [line] = lines()
    assert (line["service"], line["message"], line["level"]) == ("shop", "alert", "WARN")
    assert line["timestamp"] != "never"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text() | st.sampled_from(['x\n{"level":"ERROR"}', "x\r\ny", "\u2028\u0085", "\ud800", "é"]))
def test_no_text_can_end_the_line(capsys: pytest.CaptureFixture[str], text: str) -> None:
    log_event("shop", "request", principal=text)
    written = capsys.readouterr().out
    assert written.isascii()
    assert (written.count("\n"), written.count("\r"), written[-1]) == (1, 0, "\n")
    assert json.loads(written)["principal"] == text


def test_a_value_that_json_cannot_represent_is_written_as_its_repr(lines: Lines) -> None:
    log_event("shop", "request", path=Path("a"))
    assert lines()[0]["path"] == repr(Path("a"))


class _ClosedPipe:
    def write(self, _: str) -> int:
        raise BrokenPipeError

    def flush(self) -> None:
        raise BrokenPipeError


class _WithoutRepr:
    def __repr__(self) -> str:
        raise RuntimeError


@pytest.mark.parametrize("output", [_ClosedPipe(), None], ids=["closed", "none"])
def test_an_output_that_fails_raises_no_error(monkeypatch: pytest.MonkeyPatch, output: Any) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", output)
        log_event("shop", "request")


def test_a_field_that_cannot_be_written_raises_no_error() -> None:
    log_event("shop", "request", field=_WithoutRepr())


def test_a_line_is_flushed_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # Python buffers 8 KB for a file; a process that is killed would lose them.
    with (tmp_path / "log").open("w") as output, monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", output)
        log_event("shop", "request")
        assert (tmp_path / "log").read_text().endswith("}\n")


def test_a_line_is_one_write(monkeypatch: pytest.MonkeyPatch) -> None:
    # Lambda flushes after each write: two writes would be two entries in the log.
    written: list[str] = []

    class Output:
        write = staticmethod(written.append)
        flush = staticmethod(lambda: None)

    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", Output)
        log_event("shop", "request")
    assert len(written) == 1


def test_lines_of_several_threads_do_not_mix(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    threads, each = 8, 200

    def write(thread: int) -> None:
        for number in range(each):
            log_event("shop", "request", thread=thread, number=number, filler="x" * 500)

    with (tmp_path / "log").open("w") as output, monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", output)
        writers = [threading.Thread(target=write, args=(thread,)) for thread in range(threads)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
    found = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert sorted((line["thread"], line["number"]) for line in found) == [
        (thread, number) for thread in range(threads) for number in range(each)
    ]


# A log that cannot be written


class _SmallDisk(io.RawIOBase):
    """An unbuffered file on a disk with room for `room` bytes: a write may take a part and raise no error."""

    name = "disk"

    def __init__(self, room: int) -> None:
        super().__init__()
        self.room = room
        self.written = b""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        if not self.room:
            raise OSError(28, "No space left on device")
        part = bytes(data)[: self.room]
        self.room -= len(part)
        self.written += part
        return len(part)


def _stream_on(disk: _SmallDisk, *, buffered: bool) -> io.TextIOWrapper:
    """Return what `sys.stdout` is with ``python`` or with ``python -u``, which the local stack uses."""
    if buffered:
        return io.TextIOWrapper(io.BufferedWriter(disk))
    return io.TextIOWrapper(disk, write_through=True)


@pytest.mark.parametrize("buffered", [True, False], ids=["buffered", "unbuffered"])
@pytest.mark.parametrize("filler", ["", "x" * 20_000], ids=["short", "longer than a buffer"])
def test_a_line_that_is_written_in_part_is_an_error_and_damages_no_other_line(
    monkeypatch: pytest.MonkeyPatch, buffered: bool, filler: str
) -> None:
    disk = _SmallDisk(room=190)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", _stream_on(disk, buffered=buffered))
        write_event("shop", "first")
        for _ in range(2):
            with pytest.raises(OSError, match="No space left"):
                write_event("shop", "second", filler=filler)
        log_event("shop", "lost")
        disk.room = 1_000_000
        write_event("shop", "third")
        write_event("shop", "fourth")
    first, incomplete, *others = disk.written.decode().splitlines()
    assert json.loads(first)["message"] == "first"
    assert "second" in incomplete
    assert "third" not in incomplete
    assert [json.loads(line)["message"] for line in others] == ["third", "fourth"]


_ON_A_SMALL_DISK = """
import resource
from inventory_common.log_lines import log_event, write_event

ENOUGH = 100_000
resource.setrlimit(resource.RLIMIT_FSIZE, (200, ENOUGH))
write_event("shop", "first")
try:
    write_event("shop", "second", filler="x" * 500)
except OSError:
    resource.setrlimit(resource.RLIMIT_FSIZE, (ENOUGH, ENOUGH))
    write_event("shop", "third")
"""


def test_a_process_of_the_local_stack_has_an_error_for_a_line_of_which_its_file_takes_a_part(
    tmp_path: Path,
) -> None:
    with (tmp_path / "log").open("wb") as output:
        subprocess.run([sys.executable, "-u", "-c", _ON_A_SMALL_DISK], stdout=output, check=True)
    first, incomplete, third = (tmp_path / "log").read_text().splitlines()
    assert [json.loads(line)["message"] for line in (first, third)] == ["first", "third"]
    assert len(first) + 1 + len(incomplete) == 200


@pytest.mark.parametrize("output", [_ClosedPipe(), None], ids=["closed", "none"])
def test_a_line_that_has_to_be_written_raises_an_error_if_it_is_not(
    monkeypatch: pytest.MonkeyPatch, output: Any
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", output)
        with pytest.raises((BrokenPipeError, AttributeError)):
            write_event("shop", "alert")


def test_an_output_that_accepts_nothing_for_now_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(_SmallDisk):
        def write(self, data: Any) -> Any:
            return None  # what an unbuffered file returns that does not block

    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", _stream_on(Full(0), buffered=False))
        with pytest.raises(BlockingIOError):
            write_event("shop", "alert")


# Exceptions


def _raised(error: Exception, cause: Exception | None = None) -> Exception:
    error.__cause__ = cause
    error.__suppress_context__ = False
    try:
        raise error
    except Exception as caught:
        return caught


def test_an_exception_is_logged_with_its_type_and_stack_but_without_its_message() -> None:
    fields = exception_fields(_raised(ValueError("a client's secret")))
    assert fields["exception"] == "ValueError"
    first, *frames, last = fields["stack"].splitlines()
    assert (first, last) == ("Traceback (most recent call last):", "ValueError")
    assert any("in _raised" in frame for frame in frames)
    assert "a client's secret" not in fields["stack"]


def test_an_error_of_dynamodb_is_logged_with_its_code_and_operation() -> None:
    refused = ClientError({"Error": {"Code": "ValidationException", "Message": "a secret"}}, "PutItem")
    fields = exception_fields(_raised(refused))
    assert fields["exception"] == "botocore.exceptions.ClientError: ValidationException (PutItem)"
    assert "a secret" not in str(fields)


def test_the_cause_of_an_exception_is_logged_before_it() -> None:
    fields = exception_fields(_raised(ValueError("secret"), _raised(KeyError("secret"))))
    assert fields["exception"] == "ValueError"
    assert fields["stack"].index("KeyError") < fields["stack"].index("which led to")
    assert "secret" not in fields["stack"]


def test_a_very_deep_stack_is_shortened() -> None:
    def descend(depth: int) -> int:
        return ascend(depth) + 1

    def ascend(depth: int) -> int:
        return descend(depth) + 1

    with pytest.raises(RecursionError) as caught:
        descend(0)
    assert len(exception_fields(caught.value)["stack"]) < 10_000


def test_a_cycle_of_causes_is_logged_once() -> None:
    first, second = _raised(ValueError()), _raised(KeyError())
    first.__cause__, second.__cause__ = second, first
    assert exception_fields(first)["stack"].count("which led to") == 1


def test_a_suppressed_context_is_not_logged() -> None:
    try:
        raise KeyError
    except KeyError:
        shown = _raised(ValueError())
    assert "KeyError" in exception_fields(shown)["stack"]
    shown.__suppress_context__ = True
    assert "KeyError" not in exception_fields(shown)["stack"]
