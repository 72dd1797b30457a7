"""Where the emulated AWS records its calls."""

from __future__ import annotations

from typing import Final

RECORD: Final = "RECORDED_CALLS_FILE"
"""The environment variable of the file's path."""
