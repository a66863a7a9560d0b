"""Batches: how message batches are worked on."""

from mockgw.notation import Duration, Written


class BatchesForm(Written):
    """How message batches are worked on."""

    duration: Duration = 1.0
    """How long a batch takes; its requests are answered one after the other in that time."""
