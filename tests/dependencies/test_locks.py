"""The locks: complete, with a hash for every file, and of one version for each dependency."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tools.dependencies.lock import command_of, write_locks
from tools.dependencies.locks import LOCKS, ROOT, Lock, LockError, normalized, pins_of

LIBRARIES = ("common", "client", "imports", "cli")
INSTALLED_HERE = ("requirements/run.txt", "requirements/deploy.txt", "requirements/develop.txt")
PATHS = [lock.path for lock in LOCKS]
SERVICE_LOCKS = [path for path in PATHS if path.startswith("services/")]


def text_of(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def direct(path: str) -> list[Requirement]:
    """Return what an `.in` file names."""
    lines = text_of(path).splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith(("#", "-c "))]


def test_every_file_of_pins_is_a_lock_with_a_source() -> None:
    found = {*ROOT.glob("requirements/*.txt"), *ROOT.glob("services/*/requirements.txt")}
    assert {path.relative_to(ROOT).as_posix() for path in found} == {*PATHS}
    assert {lock.source for lock in LOCKS} == {
        path.relative_to(ROOT).as_posix()
        for path in (*ROOT.glob("requirements/*.in"), *ROOT.glob("services/*/requirements.in"))
    }


@pytest.mark.parametrize("path", PATHS)
def test_every_pin_has_hashes_and_no_address(path: str) -> None:
    text = text_of(path)
    pins = pins_of(text)
    assert pins
    assert [pin.name for pin in pins if not pin.hashes] == []
    assert "://" not in text
    assert "index-url" not in text


@pytest.mark.parametrize("lock", LOCKS, ids=PATHS)
def test_a_lock_pins_what_its_source_names(lock: Lock) -> None:
    pinned = {pin.name: pin.version for path in (lock.path, *lock.above) for pin in pins_of(text_of(path))}
    for requirement in direct(lock.source):
        assert requirement.specifier.contains(pinned[normalized(requirement.name)]), requirement


@pytest.mark.parametrize("lock", LOCKS, ids=PATHS)
def test_a_lock_repeats_only_what_those_above_it_pin_for_some_platforms(lock: Lock) -> None:
    names = {pin.name for pin in pins_of(text_of(lock.path))}
    for path in lock.above:
        repeated = [pin for pin in pins_of(text_of(path)) if pin.name in names]
        assert [pin.name for pin in repeated if not pin.condition] == []


def test_the_zips_contain_the_versions_that_the_tests_ran_with() -> None:
    tested = {pin.name: (pin.version, pin.hashes) for pin in pins_of(text_of("requirements/run.txt"))}
    for path in SERVICE_LOCKS:
        for pin in pins_of(text_of(path)):
            assert tested[pin.name] == (pin.version, pin.hashes), path


@pytest.mark.parametrize("path", SERVICE_LOCKS)
def test_a_zip_needs_the_same_on_every_python_and_platform(path: str) -> None:
    """pip evaluates conditions for the Python that runs it, not for the target."""
    of_target = re.compile(r"python_(full_)?version|sys_|platform_(?!python_impl)|os_name|extra")
    conditions = {pin.condition for pin in pins_of(text_of(path))}
    assert not [each for each in conditions if of_target.search(each)]


def test_the_libraries_are_built_with_the_locked_setuptools() -> None:
    [locked] = [pin for pin in pins_of(text_of("requirements/run.txt")) if pin.name == "setuptools"]
    for library in LIBRARIES:
        system = tomllib.loads(text_of(f"libs/{library}/pyproject.toml"))["build-system"]
        assert system["requires"] == [f"setuptools=={locked.version}"]


def applies(requirement: Requirement, extra: str = "") -> bool:
    """Return whether this machine needs what is required with an extra."""
    return requirement.marker is None or requirement.marker.evaluate({"extra": extra})


def needed(names: Iterator[Requirement]) -> Iterator[str]:
    """Yield the names of distributions, and of all that they need on this machine."""
    seen: set[tuple[str, str]] = set()
    waiting = [(each, extra) for each in names for extra in ("", *each.extras)]
    while waiting:
        requirement, extra = waiting.pop()
        name = normalized(requirement.name)
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        yield name
        for line in requires(name) or ():
            each = Requirement(line)
            if applies(each, extra):
                waiting += [(each, one) for one in ("", *each.extras)]


def test_the_locks_of_this_environment_are_complete_and_without_surplus() -> None:
    """Follow the metadata of what is installed, from the direct dependencies on."""
    sources = [path.removesuffix(".txt") + ".in" for path in INSTALLED_HERE]
    libraries = [
        Requirement(line)
        for library in LIBRARIES
        for line in tomllib.loads(text_of(f"libs/{library}/pyproject.toml"))["project"]["dependencies"]
        if not line.startswith("inventory-")
    ]
    wanted = [requirement for source in sources for requirement in direct(source)]
    reached = {*needed(iter([*wanted, *libraries]))} - {"pip"}
    pins = [pin for path in INSTALLED_HERE for pin in pins_of(text_of(path))]
    here = {pin.name for pin in pins if applies(Requirement(f"x; {pin.condition}" if pin.condition else "x"))}
    assert reached == here
    for pin in pins:
        if pin.name in here:
            assert version(pin.name) == pin.version


def test_a_line_that_is_no_pin_is_named() -> None:
    with pytest.raises(LockError, match=r"line 2 is neither a pin nor a hash: boto3>=1"):
        pins_of("# comment\nboto3>=1\n")
    with pytest.raises(LockError, match="line 1"):
        pins_of(f"    --hash=sha256:{'0' * 64}\n")


def test_a_dependency_may_need_two_versions() -> None:
    one, other = "python_full_version < '3.12'", "python_full_version >= '3.12'"
    pins = pins_of(f"a-b==1 ; {one} \\\n    --hash=sha256:{'0' * 64}\nA.b==2 ; {other}\n")
    assert [(pin.name, pin.version, pin.condition, len(pin.hashes)) for pin in pins] == [
        ("a-b", "1", one, 1),
        ("a-b", "2", other, 0),
    ]


@pytest.mark.parametrize(
    ("only", "options"),
    [(None, ["--upgrade"]), ([], []), (["boto3"], ["--upgrade-package=boto3"])],
)
def test_what_a_renewal_moves(only: list[str] | None, options: list[str]) -> None:
    command = command_of(LOCKS[0], only)
    assert [option for option in command if option.startswith("--upgrade")] == options
    assert "--generate-hashes" in command


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for lock in LOCKS:
        for name in (lock.path, lock.source):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text_of(name), encoding="utf-8")
    return tmp_path


def resolver(folder: Path, program: str) -> Path:
    """Return a program in the place of uv."""
    path = folder / "resolver"
    path.write_text(f"#!{sys.executable}\nimport sys\nfrom pathlib import Path\n{program}")
    path.chmod(0o755)
    return path


MOVES = """
path = Path(next(a for a in sys.argv if a.startswith("--output-file=")).split("=")[1])
path.write_text(path.read_text().replace("rfc8785==0.1.4", "rfc8785==0.1.5"))
"""


def test_a_renewal_prints_what_it_has_changed_and_keeps_one_header(checkout: Path) -> None:
    changed = write_locks(resolver(checkout, MOVES), None, checkout)
    assert changed == [f"{path}: rfc8785 0.1.4 → 0.1.5" for path in ("requirements/run.txt", *SERVICE_LOCKS)]
    assert write_locks(resolver(checkout, MOVES), None, checkout) == []
    text = (checkout / "requirements/run.txt").read_text(encoding="utf-8")
    assert text.startswith("# Written by `make lock` from run.in; edit that.\nannotated-types==")
    assert text.count("make lock") == 1


def test_a_renewal_that_fails_shows_the_resolvers_message(checkout: Path) -> None:
    before = (checkout / "requirements/run.txt").read_bytes()
    with pytest.raises(LockError, match=r"requirements/run\.in cannot be locked:\nno such version"):
        write_locks(resolver(checkout, "sys.exit('no such version')"), None, checkout)
    assert (checkout / "requirements/run.txt").read_bytes() == before
    with pytest.raises(LockError, match=r"absent cannot be run: No such file.*`make lock` installs it"):
        write_locks(checkout / "absent", None, checkout)


def test_only_installed_distributions_are_followed() -> None:
    with pytest.raises(PackageNotFoundError):
        list(needed(iter([Requirement("of-nobody")])))


def test_the_makefile_installs_nothing_without_hashes() -> None:
    installing = re.compile(r" -r (requirements/|\$<)")
    lines = [line for line in text_of("Makefile").splitlines() if installing.search(line)]
    assert len(lines) == 6
    assert [line for line in lines if "--require-hashes" not in line] == []
    [installer] = re.findall(r"^INSTALL = (.*)$", text_of("Makefile"), re.MULTILINE)
    assert "--no-deps --no-build-isolation" in installer
