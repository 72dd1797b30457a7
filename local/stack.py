"""The supervisor: starts every process of the local stack, watches them, and stops them."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from local.children import POLL_SECONDS, Child, stop_children
from local.console.building import Building
from local.console.sources import BUILDS, CONSOLE
from local.embedded_aws import health_url, start_embedded_aws
from local.environment import (
    LEDGER_KEY_FILE_VARIABLE,
    build_environment,
    consumer_environment,
    front_environment,
    ledger_key_file,
    service_environment,
)
from local.errors import StackError
from local.fetch import answers_ok
from local.first_steps import ready_message
from local.interruption import Interrupted, Interruption
from local.keeping.folder import BUCKET_AND_KEYS, EVERYTHING, KeptFolder
from local.keeping.keeper import Keeper
from local.ports import check_ports
from local.settings import (
    HOST,
    REPOSITORY_ROOT,
    SERVICES,
    SERVICES_FOLDER,
    TRIGGERED_SERVICES,
    Settings,
    check_tokens_stay_local,
)

STDOUT, STDERR = 1, 2
READY_SECONDS = 60.0


class Stack:
    """All processes of one local stack.

    Parameters
    ----------
    settings : Settings
        Ports and DynamoDB endpoint.
    services_folder : Path
        The folder with one folder per service.
    state_folder : Path
        Where logs and the embedded AWS's files go.
    environ : Mapping[str, str]
        The caller's environment.
    build_arguments : list of str
        Those of the console's build.
    """

    def __init__(
        self,
        settings: Settings,
        services_folder: Path,
        state_folder: Path,
        environ: Mapping[str, str],
        build_arguments: list[str],
    ) -> None:
        self._settings = settings
        self._services_folder = services_folder
        self._state_folder = state_folder
        self._environ = environ
        self._build_arguments = build_arguments
        self._interruption = Interruption()
        # In the order of their start.  Users of DynamoDB stop before the embedded AWS does.
        self._aws: list[Child] = []
        self._children: list[Child] = []
        self._consumers: list[Child] = []
        self._folder: KeptFolder | None = None
        self._keeper: Keeper | None = None
        self._building: Building | None = None

    def run(self) -> int:
        """Start everything, wait until interrupted or until a process ends, and stop everything.

        Returns
        -------
        int
            The exit code: 0 after an interruption, 1 after an error, and if the shop could not be saved.
        """
        exit_code = 1
        try:
            self._start()
            say(ready_message(self._settings, self._state_folder / "logs"))
            if self._building is not None:
                # From here on, so that the stack is ready as early as without it.
                self._building.start(self._build_arguments, build_environment(self._environ))
            while True:
                self._pause()
                if self._building is not None:
                    self._building.poll()
                if self._keeper is not None:
                    self._keeper.poll()
        except Interrupted:
            say("stopping …")
            exit_code = 0
        except StackError as error:
            say(str(error), STDERR)
        except OSError as error:  # a folder that cannot be written, a process that cannot start
            say(f"The stack cannot run: {error}.", STDERR)
        finally:
            if self._building is not None:
                self._children += self._building.children
            if self._keeper is None:
                self._children += self._consumers
            stop_children(self._children)
            is_saved = self._is_saved_at_end()
            stop_children(self._consumers)
            stop_children(self._aws)
            if self._folder is not None:
                was_killed_before = self._keeper is None and self._folder.was_killed
                self._folder.release(cleanly=is_saved and not was_killed_before)
        return exit_code if is_saved else 1

    def _is_saved_at_end(self) -> bool:
        """Save the shop if it is kept; return whether nothing of it is lost."""
        if self._keeper is None:
            # Nobody has used the shop before the stack was ready, so there is nothing to save.
            return True
        say("saving the shop …")
        return self._keeper.save_at_end(Patience(self._interruption, self._check_savers))

    def _check_savers(self) -> None:
        self._check_running((*self._aws, *self._consumers))

    def _start(self) -> None:
        check_ports(self._settings, ["front", *SERVICES, "aws"])
        if self._settings.keep is not None:
            self._folder = self._opened(self._settings.keep)
        self._start_aws()
        # The services need the tables only for their first request: both start at the same time.
        say(f"starting {', '.join(SERVICES)} and the front …")
        issuer_key = None if self._folder is None else self._folder.issuer_key
        console_status = self._state_folder / "console.json" if self._settings.has_console else None
        if console_status is not None:
            self._building = Building(console_status, self._log_path("console"), say)
        environment = front_environment(
            self._settings, self._environ, issuer_key, console_status, self._log_path("demo")
        )
        self._add("front", ["local.front"], environment)
        for name in SERVICES:
            self._add(name, self._service_arguments(name), self._service_environment())
        self._prepare_tables()
        self._await_health()
        environment = consumer_environment(self._settings, self._environ)
        for name in TRIGGERED_SERVICES:
            log_path, has_channel = self._log_path(f"{name}-triggers"), self._folder is not None
            arguments = self._trigger_arguments(name)
            child = Child(f"{name}-triggers", arguments, environment, log_path, has_channel=has_channel)
            self._consumers.append(child)
        if self._folder is not None:
            self._keeper = Keeper(
                self._folder,
                self._aws[0],
                self._consumers,
                self._settings.snapshot_seconds,
                streams_are_kept=self._settings.external_dynamodb is not None,
                check=self._check,
                say=say,
            )

    def _opened(self, path: Path) -> KeptFolder:
        folder = KeptFolder(path, EVERYTHING if self._settings.external_dynamodb is None else BUCKET_AND_KEYS)
        say(_what_begins(folder))
        return folder

    def _start_aws(self) -> None:
        port = self._settings.ports["aws"]
        say(f"starting embedded AWS on {HOST}:{port} …")
        snapshot = None if self._folder is None else self._folder.current
        child = start_embedded_aws(
            port,
            self._state_folder / "aws",
            self._log_path("aws"),
            self._environ,
            self._settings.embedded_services,
            has_channel=self._folder is not None,
            snapshot=None if snapshot is None else snapshot.path,
        )
        self._aws.append(child)
        self._wait_for(child, health_url(port), time.monotonic() + READY_SECONDS)

    def _prepare_tables(self) -> None:
        create = self._settings.dynamodb_is_on_this_machine
        verb = "creating" if create else "checking"
        # Without the scheme: terminals make links of addresses, and this is none for a browser.
        say(f"{verb} the tables at {urlsplit(self._settings.dynamodb_endpoint).netloc} …")
        # A process of its own has exactly the credentials and the endpoint that services have.
        arguments = ["local.tables", "create" if create else "check"]
        environment = self._service_environment()
        if (file := ledger_key_file(self._settings, self._environ, self._state_folder)) is not None:
            environment[LEDGER_KEY_FILE_VARIABLE] = str(file)
        child = Child("tables", arguments, environment, self._log_path("tables"))
        try:
            while child.exit_code is None:
                self._pause()
            if child.exit_code != 0:
                raise StackError(child.log_tail(1))
        finally:
            stop_children([child])

    def _await_health(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        for child in self._children:
            self._wait_for(child, f"{self._settings.url(child.name)}/health", deadline)

    def _wait_for(self, child: Child, url: str, deadline: float) -> None:
        # Checked before each request: another process may listen on the port of a child that has ended.
        self._check()
        while not answers_ok(url):
            self._pause()
            if time.monotonic() > deadline:
                raise StackError(
                    f"{child.name} did not return 200 on {url} within "
                    f"{READY_SECONDS:.0f} seconds; {child.log_end()}"
                )

    def _pause(self) -> None:
        self._check()
        time.sleep(POLL_SECONDS)

    def _check(self) -> None:
        """Raise an error if the stack has to stop or a process has ended."""
        self._interruption.check()
        self._check_running((*self._aws, *self._children, *self._consumers))

    def _check_running(self, children: Iterable[Child]) -> None:
        for child in children:
            if child.exit_code is not None:
                raise StackError(f"{child.name} has ended (exit code {child.exit_code}); {child.log_end()}")

    def _add(self, name: str, arguments: list[str], environment: Mapping[str, str]) -> None:
        self._children.append(Child(name, arguments, environment, self._log_path(name)))

    def _service_arguments(self, name: str) -> list[str]:
        port = str(self._settings.ports[name])
        folder = str(self._services_folder)
        return ["local.service", name, "--port", port, "--services-folder", folder]

    def _trigger_arguments(self, name: str) -> list[str]:
        return ["local.triggers", name, "--services-folder", str(self._services_folder)]

    def _service_environment(self) -> dict[str, str]:
        return service_environment(self._settings, self._environ)

    def _log_path(self, name: str) -> Path:
        return self._state_folder / "logs" / f"{name}.log"


class Patience:
    """Checks while the shop is being saved: the second signal from then on ends it.

    Parameters
    ----------
    interruption : Interruption
        Counts the signals.
    check : Callable[[], None]
        Raises an error if saving is not possible any more.
    """

    def __init__(self, interruption: Interruption, check: Callable[[], None]) -> None:
        self._interruption = interruption
        self._check = check
        # The one that has stopped the stack does not count.
        self._counted = min(1, interruption.signals)
        self._is_warned = False

    def __call__(self) -> None:
        """Check once."""
        more = self._interruption.signals - self._counted
        if more >= 1 and not self._is_warned:
            say("still saving the shop; press Ctrl-C once more to stop without saving it")
            self._is_warned = True
        if more >= 2:
            raise StackError("saving was interrupted.")
        self._check()


def _what_begins(folder: KeptFolder) -> str:
    if folder.current is None:
        lost = "; the last run ended before its first snapshot" if folder.was_killed else ""
        return f"keeping a new shop in {folder.path}{lost}"
    moment = folder.current.spoken_moment
    if folder.was_killed and folder.holds == BUCKET_AND_KEYS:
        return (
            f"continuing bucket and keys of {moment} from {folder.path}: the last run was not stopped "
            "properly, and what the archive lacks since then is read from the streams again"
        )
    if folder.was_killed:
        return (
            f"continuing the shop of {moment} from {folder.path}: the last run was not stopped properly, and "
            "what came after that snapshot is lost"
        )
    return f"continuing the shop of {moment} from {folder.path}"


def say(text: str, descriptor: int = STDOUT) -> None:
    """Write a line to the terminal, if it is still open."""
    with suppress(OSError):
        os.write(descriptor, f"{text}\n".encode())


def main() -> int:
    """Run the stack that the command line and the environment describe."""
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    parser.add_argument("--services-folder", type=Path, default=SERVICES_FOLDER)
    parser.add_argument("--state-folder", type=Path, default=REPOSITORY_ROOT / ".local")
    parser.add_argument("--console-folder", type=Path, default=CONSOLE)
    parser.add_argument("--console-builds", type=Path, default=BUILDS)
    arguments = parser.parse_args()
    try:
        settings = Settings.from_environment(os.environ)
        check_tokens_stay_local(settings, os.environ)
    except StackError as error:
        say(str(error), STDERR)
        return 1
    services, state = arguments.services_folder.resolve(), arguments.state_folder.resolve()
    folders = {"--console": arguments.console_folder, "--builds": arguments.console_builds}
    build_arguments = [each for name, folder in folders.items() for each in (name, str(folder.resolve()))]
    return Stack(settings, services, state, os.environ, build_arguments).run()
