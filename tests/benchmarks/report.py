"""How long a full report takes (asked: 5 s for 15 units): `python -m tests.benchmarks.report`."""

import subprocess
import sys
import tempfile
import time


def main() -> None:
    for formats in ("xlsx", "docx", "html", "csv", "xlsx,docx,html,csv"):
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            command = [sys.executable, "-m", "allocator", "report", "--out", folder, "--formats", formats]
            subprocess.run(command, check=True, capture_output=True)
            print(f"{formats:22} {time.perf_counter() - start:5.2f} s")


if __name__ == "__main__":
    main()
