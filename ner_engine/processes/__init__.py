"""What runs as a process of its own, started by ``python -m ner_engine.processes.NAME``."""
