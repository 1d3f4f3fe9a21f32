"""Measurements: `make bench` runs them side by side and writes RESULTS.md. Never tests."""

import os

# One thread each, set before numpy is there: all figures are those of one core.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
# A benchmark asks more often than a person may.
os.environ.setdefault("NERBOT_QUESTIONS_PER_MINUTE", "1000000")
