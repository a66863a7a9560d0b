"""The gateway's own checks: may this request pass, and who serves it."""
