"""Projects, their labels and roles."""
