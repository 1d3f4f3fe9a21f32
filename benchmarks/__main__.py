"""`make bench`: every benchmark, one after the other, each with the command that gives it."""

import subprocess
import sys

BENCHMARKS = (
    ("benchmarks.start",),
    ("benchmarks.acks",),
    ("benchmarks.wire",),
    ("benchmarks.learning", "--sizes", "100", "--seeds", "0", "1", "2"),
)


def main() -> int:
    """Run them all; the first that fails ends it."""
    corpus = sys.argv[1]
    for module, *options in BENCHMARKS:
        command = ["-m", module, *([] if module.endswith("start") else [corpus]), *options]
        print(f"\n$ python {' '.join(command)}", flush=True)
        status = subprocess.run([sys.executable, *command], check=False).returncode
        if status:
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
