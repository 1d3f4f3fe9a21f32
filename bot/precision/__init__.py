"""The share of what goes out that a project promises to be right, and what keeping it costs."""
