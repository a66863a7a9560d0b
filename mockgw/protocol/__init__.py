"""The wire format of the Anthropic Messages API: values and pure functions. No I/O, no time, no chance."""
