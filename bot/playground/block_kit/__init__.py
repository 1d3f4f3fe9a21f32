"""Block Kit: its shapes and limits, what Slack adds to blocks, what their elements hold."""
