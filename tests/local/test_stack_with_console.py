"""The supervisor with a console that is built beside it: whatever becomes of the build, the stack goes on."""

from __future__ import annotations

import re
import signal
from pathlib import Path

from local.fetch import answers_ok, fetch
from local.settings import HOST
from tests.local.fake_console import BUILDS, PAGE, FakeConsole
from tests.local.running_stacks import RunningStack, Start, is_alive, wait_until


def front_page(stack: RunningStack) -> str:
    return fetch(f"http://{HOST}:{stack.ports['front']}/")[1]


def wait_for_sentence(stack: RunningStack, sentence: str) -> str:
    """Wait until the terminal has a line that begins so, and return it."""
    wait_until(lambda: f"\n{sentence}" in stack.output, sentence)
    wait_until(lambda: stack.output.endswith("\n"), "the whole line")
    [line] = [line for line in stack.output.splitlines() if line.startswith(sentence)]
    return line


def stop(stack: RunningStack) -> None:
    processes = stack.descendants()
    stack.process.send_signal(signal.SIGINT)
    assert stack.wait_for_exit() == 0
    assert stack.output.endswith("stopping …\n")
    stack.assert_nothing_is_left(processes)


def test_the_console_is_built_after_the_stack_is_ready_and_kept_for_the_next_run(
    start: Start, console: FakeConsole, tmp_path: Path
) -> None:
    go = tmp_path / "go"
    console.provide(build=f"while [ ! -e {go} ]; do sleep 0.05; done; {BUILDS}")
    stack = start(console=console).wait_until_ready()
    assert "is being built" in front_page(stack)
    assert answers_ok(f"http://{HOST}:{stack.ports['catalog']}/health")
    go.touch()
    line = wait_for_sentence(stack, "The console is ready: ")
    assert re.fullmatch(r"The console is ready: installed and built in \d+ s\.", line)
    assert front_page(stack) == PAGE
    assert stack.output.index("Ready.") < stack.output.index("The console is ready")
    stop(stack)

    again = start(console=console).wait_until_ready()
    assert wait_for_sentence(again, "The console is ready: ").endswith(": kept from an earlier build.")
    assert front_page(again) == PAGE
    assert console.calls == ["ci", "run"]
    stop(again)


def test_the_first_address_for_a_browser_is_that_of_the_console(start: Start, console: FakeConsole) -> None:
    stack = start(console=console).wait_until_ready()
    wait_for_sentence(stack, "The console is ready: ")
    [first, *_] = re.findall(r"https?://\S+", stack.output)
    assert first == f"http://{HOST}:{stack.ports['front']}"


def test_a_build_that_fails_is_said_in_one_sentence_and_the_stack_goes_on(
    start: Start, console: FakeConsole
) -> None:
    console.provide(install="echo npm error code ENOTFOUND; exit 1")
    stack = start(console=console).wait_until_ready()
    line = wait_for_sentence(stack, "The console cannot be built: ")
    sentence = "The console cannot be built: npm's registry does not answer."
    log = stack.state_folder / "logs" / "console.log"
    assert line == f"{sentence} The services run without it; the log is {log}."
    assert "ENOTFOUND" in log.read_text()
    page = front_page(stack)
    assert sentence.replace("'", "&#x27;") in page
    assert 'id="root"' not in page
    assert answers_ok(f"http://{HOST}:{stack.ports['stock']}/health")
    stop(stack)


def test_a_build_that_is_killed_is_said_too(start: Start, console: FakeConsole) -> None:
    # The process of the build is the parent of npm's.
    console.provide(install="kill -9 $PPID")
    stack = start(console=console).wait_until_ready()
    line = wait_for_sentence(stack, "The console's build has ended (exit code -9).")
    assert line.split(".")[0] in front_page(stack).replace("&#x27;", "'")
    stop(stack)


def test_a_stack_that_stops_ends_the_build_and_what_that_has_started(
    start: Start, console: FakeConsole, tmp_path: Path
) -> None:
    for number in (signal.SIGINT, signal.SIGKILL):
        pids = tmp_path / f"pids-{number}"
        console.provide(build=f"sleep 600 & echo $! $$ > {pids}.new; mv {pids}.new {pids}; wait")
        stack = start(console=console).wait_until_ready()
        wait_until(pids.exists, "the build runs")
        started = {int(pid) for pid in pids.read_text().split()} | stack.descendants()
        stack.process.send_signal(number)
        assert stack.wait_for_exit() == (0 if number == signal.SIGINT else -number)
        wait_until(lambda: not any(map(is_alive, started)), f"end of {started}")  # noqa: B023


def test_without_the_console_nothing_is_built(start: Start, console: FakeConsole) -> None:
    stack = start(console=console, CONSOLE="0").wait_until_ready()
    assert "running on this machine" in front_page(stack)
    assert "is being built" not in front_page(stack)
    assert not (stack.state_folder / "logs" / "console.log").exists()
    stop(stack)
    assert console.calls == []
    assert "  index page  http://" in stack.output


def test_a_build_of_an_earlier_run_is_not_shown_before_this_one_has_looked(
    start: Start, console: FakeConsole, tmp_path: Path
) -> None:
    state = tmp_path / "state-0"
    state.mkdir()
    (state / "console.json").write_text('{"state": "ready", "folder": "/gone", "sentence": ""}')
    stack = start(console=console).wait_until_ready()
    wait_for_sentence(stack, "The console is ready: ")
    assert front_page(stack) == PAGE
    stop(stack)
