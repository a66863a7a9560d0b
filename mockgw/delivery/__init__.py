"""Delivery: an answer as bytes in time. Knows nothing of scenarios or HTTP servers."""
