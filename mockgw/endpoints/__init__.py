"""Endpoints: what the API has beside messages."""
