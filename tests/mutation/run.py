"""Mutate every rule, one change at a time, and check that a test fails: `make mutate`.

    python tests/mutation/run.py [MODULE ...]

`modules.toml` names the modules, and for each the tests that must notice; `survivors.toml` explains the
mutants that no test can distinguish from the original.  The exit code is 1 if a mutant survives without an
explanation, or an explanation is unused.  The working tree is never changed: each worker mutates a copy below
``build/mutation``.

Every outcome is stored there by the digest of the mutant and of all files that its tests load, so that an
interrupted run continues, and a run after a change repeats only what the change affects.
"""

from __future__ import annotations

import gc
import importlib
import json
import multiprocessing
import os
import shutil
import signal
import sys
import time
import tomllib
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any, Final

from mutation_operators import Mutant, mutants_of

HERE: Final = Path(__file__).resolve().parent
ROOT: Final = HERE.parents[1]
BUILD: Final = ROOT / "build" / "mutation"
SNAPSHOT: Final = BUILD / "tree-0"
OUTCOMES: Final = BUILD / "outcomes.jsonl"
COPIED: Final = ("libs", "services", "local", "terraform", "tests", "pyproject.toml")
DECLARATION: Final = "terraform/platform/tables.auto.tfvars.json"
NOT_COPIED: Final = shutil.ignore_patterns(
    "__pycache__", ".hypothesis", ".pytest_cache", ".terraform", "vendor"
)

BASELINE_SECONDS_MAX: Final = 120
TIMEOUT_FACTOR: Final = 5
TIMEOUT_SECONDS_MIN: Final = 10

KILLED, SURVIVED, TIMEOUT = "killed", "survived", "timeout"

# Libraries that the tests use and no mutant changes: imported once, before any trial is forked.
PRELOADED: Final = (
    "pytest",
    "anyio.pytest_plugin",
    "anyio._backends._asyncio",
    "hypothesis.strategies",
    "boto3",
    "chalice.app",
    "jwt",
    "moto.dynamodb",
    "moto.dynamodb.responses",
    "pydantic",
    "rfc8785",
    "simplejson",
)


@dataclass(frozen=True, slots=True)
class Module:
    """A module with rules, and the tests that must notice a mutation of one."""

    path: str
    tests: tuple[str, ...]

    @property
    def name(self) -> str:
        """Its name on the command line."""
        return Path(self.path).stem

    @property
    def suite(self) -> str:
        """The folder from which its tests are run."""
        return "/".join(Path(self.path).parts[:2])

    def source(self, tree: Path) -> str:
        """Return its source in a tree."""
        return (tree / self.path).read_text()


@dataclass(frozen=True, slots=True)
class Baseline:
    """A run of a module's tests without mutation: its duration, and the digest of all files it loaded."""

    seconds: float
    digest: str


def main(names: list[str]) -> int:
    """Test the mutants of the named modules, or of all; return the exit code."""
    modules = list(_modules(names))
    for name in PRELOADED:
        importlib.import_module(name)
    gc.freeze()  # pytest collects garbage after each run, and would visit all preloaded objects
    _remove_trees()
    try:
        _copy(ROOT, SNAPSHOT)
        print("Running the tests without mutations, and making the mutants …", file=sys.stderr)
        with _pool() as pool:
            baselines = dict(zip(modules, pool.map(_baseline, modules), strict=True))
            mutants = dict(zip(modules, pool.map(_mutants, modules), strict=True))
        outcomes = _outcomes(mutants, baselines)
    finally:
        _remove_trees()
    return _report(outcomes)


def _outcomes(
    mutants: Mapping[Module, list[Mutant]], baselines: Mapping[Module, Baseline]
) -> dict[Module, dict[Mutant, str]]:
    """Test each mutant whose outcome is not known yet."""
    known_outcomes = _known_outcomes()
    outcomes: dict[Module, dict[Mutant, str]] = {module: {} for module in mutants}
    with _pool(initializer=_copy_for_this_worker) as pool, OUTCOMES.open("a") as log:
        list(pool.map(_require_own_tree, mutants))
        trials = {}
        for module, module_mutants in mutants.items():
            for mutant in module_mutants:
                key = sha256(f"{baselines[module].digest}\n{mutant.code}".encode()).hexdigest()
                if key in known_outcomes:
                    outcomes[module][mutant] = known_outcomes[key]
                else:
                    trial = pool.submit(_trial, module, mutant.code, baselines[module].seconds)
                    trials[trial] = module, mutant, key
        try:
            for number, trial in enumerate(as_completed(trials), 1):
                module, mutant, key = trials[trial]
                outcomes[module][mutant] = trial.result()
                print(json.dumps([key, trial.result()]), file=log, flush=True)
                if number % 50 == 0 or number == len(trials):
                    print(f"{number} of {len(trials)} mutants tested", file=sys.stderr)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return outcomes


def _pool(initializer: Callable[[], None] | None = None) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(
        os.cpu_count(), mp_context=multiprocessing.get_context("fork"), initializer=initializer
    )


def _modules(names: list[str]) -> Iterator[Module]:
    listed = [
        Module(entry["path"], tuple(entry["tests"]))
        for entry in tomllib.loads((HERE / "modules.toml").read_text())["module"]
    ]
    unknown = set(names) - {module.name for module in listed}
    if unknown:
        known = " ".join(module.name for module in listed)
        sys.exit(f"modules.toml has no {' and no '.join(sorted(unknown))}; its modules are: {known}")
    return (module for module in listed if not names or module.name in names)


def _known_outcomes() -> dict[str, str]:
    if not OUTCOMES.exists():
        return {}
    # An interrupted run may have left half a line.
    lines = [line for line in OUTCOMES.read_text().splitlines() if line.endswith("]")]
    return {key: outcome for key, outcome in map(json.loads, lines)}


# Trees


def _copy(source: Path, target: Path) -> None:
    target.mkdir(parents=True)
    for name in COPIED:
        if (source / name).is_dir():
            # copy2 keeps the dates, by which Python matches bytecode with its source.
            shutil.copytree(source / name, target / name, ignore=NOT_COPIED if source == ROOT else None)
        else:
            shutil.copy2(source / name, target / name)


def _remove_trees() -> None:
    for tree in BUILD.glob("tree-*"):
        shutil.rmtree(tree)


# In the workers


def _own_tree() -> Path:
    return BUILD / f"tree-{os.getpid()}"


def _copy_for_this_worker() -> None:
    _copy(SNAPSHOT, _own_tree())


def _mutants(module: Module) -> list[Mutant]:
    return mutants_of(module.source(SNAPSHOT))


def _baseline(module: Module) -> Baseline:
    """Run a module's tests without mutation; check that they pass, and write their bytecode."""
    notes = BUILD / f"tree-notes-{module.name}"
    notes.mkdir()
    began = time.monotonic()
    outcome = _run(SNAPSHOT, module, BASELINE_SECONDS_MAX, notes / "output", loaded=notes / "loaded")
    seconds = time.monotonic() - began
    if outcome != SURVIVED:
        output = (notes / "output").read_text()
        raise RuntimeError(f"The tests of {module.path} do not pass without mutation ({outcome}):\n{output}")
    digest = sha256("\n".join(module.tests).encode())
    for path in [*(notes / "loaded").read_text().splitlines(), str(SNAPSHOT / DECLARATION)]:
        if path != str(SNAPSHOT / module.path):
            digest.update(Path(path).read_bytes())
    return Baseline(seconds, digest.hexdigest())


def _require_own_tree(module: Module) -> None:
    if _trial(module, "raise RuntimeError\n", BASELINE_SECONDS_MAX) != KILLED:
        raise RuntimeError(f"The tests of {module.path} do not import it from their own tree.")


def _trial(module: Module, code: str, baseline_seconds: float) -> str:
    """Run a module's tests with other code in place of the module."""
    tree = _own_tree()
    path = tree / module.path
    Path(cache_from_source(str(path))).unlink(missing_ok=True)
    original = path.read_text()
    path.write_text(code)
    try:
        seconds = max(TIMEOUT_SECONDS_MIN, TIMEOUT_FACTOR * baseline_seconds)
        return _run(tree, module, seconds, Path(os.devnull))
    finally:
        path.write_text(original)


def _run(tree: Path, module: Module, seconds_max: float, output: Path, *, loaded: Path | None = None) -> str:
    """Run pytest in a child of this process, which has the preloaded libraries.

    With `loaded`, the tests' bytecode is written, and the files of the tree that they load are listed there.
    """
    child = os.fork()
    if child == 0:
        code = 70
        try:
            os.setsid()
            descriptor = os.open(output, os.O_WRONLY | os.O_CREAT)
            os.dup2(descriptor, 1)
            os.dup2(descriptor, 2)
            # Bytecode of a mutant would match another mutant of the same second and size.
            sys.dont_write_bytecode = loaded is None
            code = _pytest(tree, module)
            if loaded is not None:
                files = {str(getattr(part, "__file__", None)) for part in list(sys.modules.values())}
                loaded.write_text("\n".join(sorted(file for file in files if file.startswith(str(tree)))))
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)
    ends, ended = time.monotonic() + seconds_max, 0
    try:
        while time.monotonic() < ends:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                return SURVIVED if os.waitstatus_to_exitcode(status) == 0 else KILLED
            time.sleep(0.01)
        return TIMEOUT
    finally:
        if not ended:
            os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)


def _pytest(tree: Path, module: Module) -> int:
    """Run ``cd <suite> && python -m pytest`` of a tree; return its exit code."""
    import hypothesis
    import pytest

    os.chdir(tree / module.suite)
    sys.path[:1] = [str(tree / module.suite), str(tree / "libs/common")]
    # The same examples every time; a failing one is enough, and is not shrunk.
    hypothesis.settings.register_profile(
        "mutants",
        derandomize=True,
        deadline=None,
        database=None,
        phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
    )
    options = ["-q", "-x", "-c", str(tree / "pyproject.toml"), "--rootdir", "."]
    options += ["-p", "no:cacheprovider", "--hypothesis-profile=mutants"]
    return int(pytest.main([*options, *module.tests]))


# The report


def _report(outcomes: Mapping[Module, Mapping[Mutant, str]]) -> int:
    explained = _explained()
    unexplained: list[tuple[Module, Mutant]] = []
    unused: list[tuple[str, ...]] = []
    print(f"{'module':<52}{'mutants':>9}{'killed':>9}{'timeout':>9}{'survived':>10}{'explained':>11}")
    for module, outcome_by_mutant in outcomes.items():
        count = Counter(outcome_by_mutant.values())
        surviving = [mutant for mutant, outcome in outcome_by_mutant.items() if outcome == SURVIVED]
        surviving.sort(key=lambda mutant: mutant.line)
        new = [mutant for mutant in surviving if _identity(module, mutant) not in explained]
        identities = {_identity(module, mutant) for mutant in surviving}
        unexplained += [(module, mutant) for mutant in new]
        unused += sorted(one for one in explained - identities if one[0] == module.path)
        print(
            f"{module.path:<52}{len(outcome_by_mutant):>9}{count[KILLED]:>9}{count[TIMEOUT]:>9}"
            f"{count[SURVIVED]:>10}{len(surviving) - len(new):>11}"
        )
    for module, mutant in unexplained:
        print(f"\nSurvived: {module.path}:{mutant.line}, {mutant.within or 'at the top'}")
        print(_signed("-", mutant.before) + "\n" + _signed("+", mutant.after))
    for path, within, before, after in unused:
        print(f"\nExplained in survivors.toml, but does not survive: {path}, {within or 'at the top'}")
        print(_signed("-", before) + "\n" + _signed("+", after))
    print(f"\n{len(unexplained)} survive without an explanation, {len(unused)} explanations are unused.")
    return 1 if unexplained or unused else 0


def _explained() -> set[tuple[str, ...]]:
    entries: list[dict[str, Any]] = tomllib.loads((HERE / "survivors.toml").read_text()).get("survivor", [])
    return {
        (entry["module"], entry["within"], entry["before"].strip(), entry["after"].strip())
        for entry in entries
    }


def _identity(module: Module, mutant: Mutant) -> tuple[str, ...]:
    return module.path, mutant.within, mutant.before, mutant.after


def _signed(sign: str, lines: str) -> str:
    return "\n".join(f"  {sign} {line}" for line in lines.splitlines())


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("Interrupted; the next run continues from here.")
