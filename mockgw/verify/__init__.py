"""Verify: what a client sent, how often rules answered, and what the client made of it."""
