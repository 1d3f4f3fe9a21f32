"""A run's message, its report and the answers of /train."""
