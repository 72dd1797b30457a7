"""A fake of Terraform: records its calls, and returns what a test has set."""

import json
import os
import sys
from pathlib import Path

folder = Path(os.environ["FAKE_TERRAFORM"])
command = sys.argv[1]
with (folder / "calls").open("a") as calls:
    calls.write(json.dumps(sys.argv[1:]) + "\n")
answers = json.loads((folder / "answers").read_text())
code, output, errors = answers.get(command, [0, "", ""])
sys.stdout.write(output)
sys.stderr.write(errors)
sys.exit(code)
