"""Every figure of RESULTS.md, one measurement after the other.

    python evals/all.py [--collections DIR] [--save]

Hours of processor time where all five collections are there. Status 1 if a measurement failed.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

STEPS = (("ranking.py",), ("constants.py",), ("screening.py", "--cross"), ("stopping.py",))
"""Scripts beside this one, each with what it is asked for beside the arguments given."""


def main(arguments: list[str]) -> int:
    """Run the steps in order, all of them even where one fails; returns the exit status."""
    failed = []
    for script, *more in STEPS:
        print(f"== {script}", flush=True)
        command = [sys.executable, str(Path(__file__).parent / script), *more, *arguments]
        if subprocess.run(command, check=False).returncode:
            failed.append(script)
    if failed:
        print(f"These measurements failed: {', '.join(failed)}.", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
