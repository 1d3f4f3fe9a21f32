"""What every command shares: its exit code, its output, its progress."""
