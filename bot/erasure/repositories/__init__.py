"""What erases rows, and what remembers that files are still to follow."""
