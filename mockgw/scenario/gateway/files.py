"""Files: those that a gateway has from the start, as a tool of the model would have made them."""

from mockgw.notation import Text, Written


class FileForm(Written):
    """A file that the model has made: it can be downloaded."""

    filename: Text
    """What it is called."""
    text: Text
    """What it holds."""
    mime_type: Text | None = None
    """What it is; told by the end of its name when absent."""
