"""``python -m tests.insider``: play the insider, and write what was found into ``docs/proof.md``."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.insider.play import play
from tests.insider.table import PAGE, table_of, written_with

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        outcome = play(Path(folder))
    PAGE.write_text(written_with(table_of(outcome)), encoding="utf-8")
    print(f"{PAGE.name}: {len(outcome.proven)} forgeries, {len(outcome.unproven)} that nothing finds.")
