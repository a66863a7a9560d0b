"""Report: what happened while a gateway ran, gathered, judged, and told as text, JSON, JUnit XML or a page."""
