"""App Home as a person sees it."""
