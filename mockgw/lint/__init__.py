"""Lint: what is wrong with scenarios, or likely so, before any request comes."""
