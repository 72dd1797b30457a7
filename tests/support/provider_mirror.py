"""The AWS provider of Terraform: from this machine's mirror, or as `make install` has fetched it.

``python -m tests.support.provider_mirror`` fetches it into the folder `terraform-providers` of the virtual
environment, or makes that a link to this machine's mirror, which takes long to find.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Final

__all__ = ["FETCHED", "MISSING", "TERRAFORM_SETTINGS", "fetch", "provider_mirror"]

FETCHED: Final = Path(sys.prefix) / "terraform-providers"
MISSING: Final = "Terraform's AWS provider is not on this machine: `make install` fetches it"
TERRAFORM_SETTINGS: Final = {"CHECKPOINT_DISABLE": "1", "GOGC": "400"}
"""It asks for no newer version, and collects garbage less often, so that its start takes 40 % less CPU."""
_PROGRAM: Final = "terraform-provider-aws_v*"
_PLACE: Final = f"*/*/*/*/*/{_PROGRAM}"
"""HOST/NAMESPACE/TYPE/VERSION/PLATFORM/program."""
_PLATFORM: Final = Path(__file__).parents[2] / "terraform" / "platform"


@cache
def provider_mirror() -> Path | None:
    """Return a folder that holds the AWS provider, as ``terraform init -plugin-dir`` wants it."""
    if any(FETCHED.glob(_PLACE)):
        return FETCHED
    found = subprocess.run(
        ["find", "/", "-xdev", "-type", "f", "-name", _PROGRAM], capture_output=True, text=True, timeout=120
    )
    paths = [Path(line) for line in found.stdout.splitlines()]
    mirrors = [path.parents[5] for path in paths if path.match(_PLACE)]
    # The copy in a working folder of Terraform goes with it: that of an earlier test within the hour.
    return min(mirrors, key=lambda mirror: ".terraform" in mirror.parts, default=None)


def fetch(terraform: str, folder: Path) -> str | None:
    """Fetch the provider from where Terraform's configuration says; return its message if that fails."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        for file in ("versions.tf", ".terraform.lock.hcl"):
            if (_PLATFORM / file).exists():
                shutil.copy(_PLATFORM / file, name)
        done = subprocess.run(
            [terraform, "init", "-backend=false", "-input=false", "-no-color"],
            cwd=name,
            env=os.environ | {"TF_PLUGIN_CACHE_DIR": str(folder)} | TERRAFORM_SETTINGS,
            capture_output=True,
            text=True,
        )
    return None if done.returncode == 0 else done.stderr.strip()


def main() -> int:
    """Link or fetch the provider; without Terraform there is nothing to do."""
    terraform = shutil.which("terraform")
    if terraform is None or any(FETCHED.glob(_PLACE)):
        return 0
    mirror = provider_mirror()
    if FETCHED.is_symlink():
        FETCHED.unlink()
    elif FETCHED.exists():
        shutil.rmtree(FETCHED)
    if mirror is not None:
        FETCHED.symlink_to(mirror)
    elif (why := fetch(terraform, FETCHED)) is not None:
        print(f"Terraform's AWS provider cannot be fetched; its tests need it:\n{why}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
