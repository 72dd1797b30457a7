"""``python -m tools.dependencies.audit``: compare all locks with published advisories.

pip-audit asks the index for the advisories of each pinned version, and npm those of the console's packages.
Exit code 1 means that there are some.
Where nobody answers, or the index does not know a version, the dependency counts as not checked: that is
printed, and is no failure, as nothing is known to be wrong.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from .locks import LOCKS, ROOT, LockError, pins_of

__all__ = ["Answer", "ask", "ask_all", "ask_npm", "report"]

PROGRAM: Final = (sys.executable, "-m", "pip_audit")
NPM: Final = (sys.executable, "-m", "local.console.npm")
NPM_LOCK: Final = ROOT / "console" / "package-lock.json"
TIMEOUT_SECONDS: Final = 15
NOBODY: Final = "nobody answered"
NO_ANSWER: Final = re.compile(
    r"(Connection|Proxy|SSL|Service|JSONDecode)Error|ReadTimeout|timed out|Could not connect|not redirecting"
)
"""What pip-audit's errors contain if nobody answers, or with something other than advisories."""


@dataclass
class Answer:
    """What is known of one or more locks.

    Attributes
    ----------
    checked : set of str
        Distributions whose advisories were read, as ``name version``.
    unchecked : dict of str
        Those that were not, and why.
    advisories : dict of str
        Those with advisories: their ids, and the versions that fix them.
    """

    checked: set[str] = field(default_factory=set)
    unchecked: dict[str, str] = field(default_factory=dict)
    advisories: dict[str, str] = field(default_factory=dict)

    def add(self, other: Answer) -> None:
        """Add what is known of another lock."""
        self.checked |= other.checked
        self.unchecked |= other.unchecked
        self.advisories |= other.advisories


def ask(lock: Path, command: Sequence[str] = PROGRAM) -> Answer:
    """Ask for the advisories of a lock.

    Parameters
    ----------
    lock
        A file with pins and hashes.
    command
        The program to ask with, and its first arguments.

    Raises
    ------
    LockError
        If the program fails for another reason than a missing answer.
    """
    options = ["--disable-pip", "--require-hashes", "--progress-spinner=off", f"--timeout={TIMEOUT_SECONDS}"]
    done = subprocess.run(
        [*command, *options, "--format=json", "--requirement", str(lock)], capture_output=True, text=True
    )
    try:
        found = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        errors = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        if not NO_ANSWER.search(done.stderr):
            raise LockError(f"{lock.name} cannot be checked: {errors[-1]}") from None
        return _unanswered(lock)
    answer = Answer()
    for each in found:
        if "skip_reason" in each:
            continue
        name = f"{each['name']} {each['version']}"
        answer.checked.add(name)
        if each["vulns"]:
            answer.advisories[name] = ", ".join(
                f"{one['id']} (fixed in {' or '.join(one['fix_versions']) or 'no version yet'})"
                for one in each["vulns"]
            )
    # pip-audit leaves out what this platform does not need, and does not name the version of what it skips.
    for name in _pinned(lock):
        if name not in answer.checked:
            answer.unchecked[name] = "the index has no advisories of it, or it is for other platforms"
    return answer


def ask_all(locks: Sequence[Path], command: Sequence[str] = PROGRAM) -> Answer:
    """Ask for the advisories of several locks, until nobody answers.

    Raises
    ------
    LockError
        As `ask`.
    """
    answer = Answer()
    for lock in locks:
        is_silent = NOBODY in answer.unchecked.values()
        answer.add(_unanswered(lock) if is_silent else ask(lock, command))
    return answer


def ask_npm(lock: Path = NPM_LOCK, command: Sequence[str] = NPM) -> Answer:
    """Ask for the advisories of the console's packages, its tools included.

    Parameters
    ----------
    lock
        The lock of npm.
    command
        The program to ask with, and its first arguments; it knows the folder of the lock.
    """
    locked = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    names = {path: _npm_name(path, package["version"]) for path, package in locked.items() if path}
    done = subprocess.run(
        [*command, "audit", "--json", "--package-lock-only", "--fetch-retries=0"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    try:
        found = json.loads(done.stdout)["vulnerabilities"]
    except (ValueError, KeyError, TypeError):  # without Node.js too
        return Answer(unchecked=dict.fromkeys(names.values(), NOBODY))
    answer = Answer(checked={*names.values()})
    for each in found.values():
        # Where the cause is another package, that one has an entry of its own.
        causes = [cause for cause in each["via"] if isinstance(cause, dict)]
        said = [f"{one['url'].rpartition('/')[2]} (of versions {one['range']})" for one in causes]
        for path in each["nodes"] if causes else ():
            answer.advisories[names[path]] = ", ".join(said)
    return answer


def _npm_name(path: str, version: str) -> str:
    return f"npm {path.rpartition('node_modules/')[2]} {version}"


def _pinned(lock: Path) -> list[str]:
    return [f"{pin.name} {pin.version}" for pin in pins_of(lock.read_text(encoding="utf-8"))]


def _unanswered(lock: Path) -> Answer:
    return Answer(unchecked=dict.fromkeys(_pinned(lock), NOBODY))


def report(answer: Answer) -> list[str]:
    """Return the lines that say what was checked and what was found."""
    lines = [f"{name}: {found}" for name, found in sorted(answer.advisories.items())]
    if not answer.checked:
        reasons = sorted(set(answer.unchecked.values()))
        return [f"Not checked: none of {len(answer.unchecked)} dependencies ({'; '.join(reasons)})."]
    lines.append(f"{len(answer.checked)} dependencies checked, {len(answer.advisories)} with advisories.")
    if answer.unchecked:
        lines.append(f"Not checked: {', '.join(sorted(answer.unchecked))}.")
    return lines


def main() -> int:
    """Ask for all locks and print the result; return the exit code."""
    try:
        answer = ask_all([ROOT / lock.path for lock in LOCKS])
        answer.add(ask_npm())
    except LockError as error:
        print(error, file=sys.stderr)
        return 2
    print("\n".join(report(answer)))
    return 1 if answer.advisories else 0


if __name__ == "__main__":
    sys.exit(main())
