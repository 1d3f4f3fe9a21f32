"""What holds for every test."""

import os

from hypothesis import HealthCheck, settings

# How long an example takes says how busy the machine is.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

# Hundreds of data folders of tests would keep 16 MB each; the reserve has tests of its own.
os.environ.setdefault("NERBOT_RESERVE_MB", "0")
