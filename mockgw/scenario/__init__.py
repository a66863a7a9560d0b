"""The scenario language: what a person can write, as classes; YAML only in the loader."""
