"""What labelling shows and asks."""
