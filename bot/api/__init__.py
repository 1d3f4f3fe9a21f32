"""The HTTP API for programs: routes over the same use cases that Slack's commands call."""
