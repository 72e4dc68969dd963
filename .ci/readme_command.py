"""Prints the N-th shell block of the README, so that CI runs what the README says."""

import re
import sys
from pathlib import Path

blocks = re.findall(
    r"^```bash\n(.*?)^```", Path("README.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
)
sys.stdout.write(blocks[int(sys.argv[1]) - 1])
