"""Steps for Slack's Workflow Builder."""
