"""Workspaces separate the owners of one server from each other; every row belongs to one."""

DEFAULT_WORKSPACE_ID = "ws_default"
"""The workspace that the first migration makes, for servers with a single owner."""
