"""The engine on the command line: `nerbot train`, `nerbot evaluate`, `nerbot predict`."""
