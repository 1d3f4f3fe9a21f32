"""Python runs this first in every process that the tests start: the audit hook of the tests looks at it as well."""

import os
import sys
from importlib import import_module
from pathlib import Path

if report := os.environ.get("AUDIT_REPORT"):
    sys.path.insert(0, str(Path(__file__).parents[1]))
    audit = import_module("audit")
    del sys.path[0]
    audit.breaches.report = report
    audit.install()
    # The tests wait for what they start: were it to give way, anything else on the machine could keep them waiting.
    os.nice = lambda _: 0
