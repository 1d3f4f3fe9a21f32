"""What the live model is too unsure of to send: people are asked about it, one tap each."""
