"""/nerbot models as people see it."""
