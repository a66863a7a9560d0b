"""The `gateway:` of a scenario: who may ask, how much, at what price."""
