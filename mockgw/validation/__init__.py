"""Validation: how strictly a request is checked, and by what a strict check goes."""
