"""The values that walk through the bot."""
