"""Projects: which one a channel uses, and what a person may do there."""
