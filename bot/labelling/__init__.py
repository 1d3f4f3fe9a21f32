"""What people do to sentences: label, finish, skip, flag, undo."""
