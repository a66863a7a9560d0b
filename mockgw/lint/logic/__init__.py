"""Logic: which requests a match takes, which rules take them first, and what comes after an answer."""
