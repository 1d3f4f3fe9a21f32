"""Beyond one machine: several bots and workers as processes; `pytest -m scale tests/scale` runs the long ones."""
