"""The engine's processes, reached without blocking the event loop."""
