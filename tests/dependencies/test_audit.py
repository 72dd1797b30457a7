"""The comparison with advisories, by pip-audit itself: against a server of this test, and without any."""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tools.dependencies.audit import NOBODY, NPM_LOCK, PROGRAM, Answer, ask, ask_all, ask_npm, main, report
from tools.dependencies.locks import LOCKS, LockError

HASH = f"    --hash=sha256:{'0' * 64}\n"
ADVISORY = {
    "id": "PYSEC-2026-1",
    "summary": "A hole",
    "modified": "2026-01-01T00:00:00Z",
    "published": "2026-01-01T00:00:00Z",
    "affected": [
        {
            "package": {"name": "holey", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.1"}]}],
        }
    ],
}


class Advisories(BaseHTTPRequestHandler):
    """Answers as the OSV service does: `holey` has an advisory."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = {"vulns": [ADVISORY]} if asked["package"]["name"] == "holey" else {}
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Advisories) as serving:
        Thread(target=serving.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_port}/"
        serving.shutdown()


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    path = tmp_path / "run.txt"
    path.write_text(
        f"holey==1.0 \\\n{HASH}sound==2.0 \\\n{HASH}colorama==0.4.6 ; sys_platform == 'win32' \\\n{HASH}"
    )
    return path


def command(server: str) -> tuple[str, ...]:
    return (*PROGRAM, "--vulnerability-service=osv", f"--osv-url={server}")


def test_advisories_are_named_with_the_version_that_fixes_them(server: str, lock: Path) -> None:
    answer = ask(lock, command(server))
    assert answer.checked == {"holey 1.0", "sound 2.0"}
    assert report(answer) == [
        "holey 1.0: PYSEC-2026-1 (fixed in 1.1)",
        "2 dependencies checked, 1 with advisories.",
        "Not checked: colorama 0.4.6.",
    ]


def test_without_an_answer_nothing_counts_as_checked(
    lock: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    answer = ask_all([lock, lock], command("http://127.0.0.1:9/"))
    assert (answer.checked, answer.advisories) == (set(), {})
    assert report(answer) == ["Not checked: none of 3 dependencies (nobody answered)."]


def test_after_the_first_silence_nobody_is_asked_again(lock: Path, tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    program = f"open({str(asked)!r}, 'a').write('x'); raise SystemExit('ConnectionError')"
    assert len(ask_all([lock] * 3, (sys.executable, "-c", program)).unchecked) == 3
    assert asked.read_text() == "x"


def test_what_the_index_does_not_know_is_not_checked(lock: Path) -> None:
    skipped = {"dependencies": [{"name": "holey", "skip_reason": "not found"}], "fixes": []}
    answer = ask(lock, (sys.executable, "-c", f"print({json.dumps(skipped)!r})"))
    [line] = report(answer)
    assert line.startswith("Not checked: none of 3 dependencies (the index has no advisories of it")


def test_another_failure_is_an_error(lock: Path) -> None:
    with pytest.raises(LockError, match=r"run\.txt cannot be checked: it broke"):
        ask(lock, (sys.executable, "-c", "raise SystemExit('it broke')"))
    with pytest.raises(LockError, match="exit code 3"):
        ask(lock, (sys.executable, "-c", "raise SystemExit(3)"))


@pytest.mark.parametrize(
    ("answer", "exit_code"),
    [
        (Answer(unchecked={"a 1": NOBODY}), 0),
        (Answer(checked={"a 1"}), 0),
        (Answer(checked={"a 1"}, advisories={"a 1": "PYSEC-2026-1"}), 1),
    ],
)
def test_only_an_advisory_fails(answer: Answer, exit_code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Path] = []

    def ask_nobody(locks: list[Path]) -> Answer:
        asked.extend(locks)
        return answer

    monkeypatch.setattr("tools.dependencies.audit.ask_all", ask_nobody)
    monkeypatch.setattr("tools.dependencies.audit.ask_npm", Answer)
    assert main() == exit_code
    assert len(asked) == len(LOCKS)


def test_an_error_is_printed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(locks: list[Path]) -> Answer:
        raise LockError("run.txt cannot be checked: it broke")

    monkeypatch.setattr("tools.dependencies.audit.ask_all", fail)
    assert main() == 2
    assert capsys.readouterr().err == "run.txt cannot be checked: it broke\n"


# The console's packages


class NpmAdvisories(BaseHTTPRequestHandler):
    """Answers as npm's registry does: uplot has an advisory."""

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        asked = json.loads(gzip.decompress(sent) if self.headers["Content-Encoding"] == "gzip" else sent)
        assert self.path == "/-/npm/v1/security/advisories/bulk"
        assert {"uplot", "react"} <= asked.keys()
        advisory = {
            "id": 1,
            "url": "https://advisories.example/GHSA-1",
            "title": "A hole",
            "severity": "high",
            "vulnerable_versions": "<9.9.9",
        }
        body = json.dumps({"uplot": [advisory]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        pass


def test_npm_names_the_advisories_of_the_consoles_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), NpmAdvisories) as serving:
        Thread(target=serving.serve_forever, daemon=True).start()
        monkeypatch.setenv("npm_config_registry", f"http://127.0.0.1:{serving.server_port}/")
        monkeypatch.setenv("npm_config_offline", "false")
        answer = ask_npm()
        serving.shutdown()
    [(name, advisory)] = answer.advisories.items()
    assert name.startswith("npm uplot ")
    assert advisory == "GHSA-1 (of versions <9.9.9)"
    locked = json.loads(NPM_LOCK.read_text(encoding="utf-8"))["packages"]
    assert len(answer.checked) >= len({path.rpartition("node_modules/")[2] for path in locked if path})
    assert answer.unchecked == {}


def test_without_an_answer_to_npm_nothing_counts_as_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_offline", "false")
    answer = ask_npm()
    assert (answer.checked, answer.advisories) == (set(), {})
    assert {*answer.unchecked.values()} == {NOBODY}
    assert any(name.startswith("npm react ") for name in answer.unchecked)


def test_without_node_nothing_counts_as_checked(tmp_path: Path) -> None:
    lock = tmp_path / "package-lock.json"
    lock.write_text(
        json.dumps({"packages": {"": {}, "node_modules/a/node_modules/@b/c": {"version": "1.0.0"}}})
    )
    answer = ask_npm(lock, (sys.executable, "-c", "raise SystemExit('no Node.js')"))
    assert answer.unchecked == {"npm @b/c 1.0.0": NOBODY}
