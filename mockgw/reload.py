"""Reload: changed files are picked up while the server runs."""
