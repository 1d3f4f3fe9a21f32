"""What people say to nerbot in plain words: in its direct messages, or by a mention in a channel."""
