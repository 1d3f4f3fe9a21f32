"""Import and export: sentences and labels from files of every tool, and back."""
