"""The workspaces of a process: one whose token is set, or those that install nerbot by themselves."""
