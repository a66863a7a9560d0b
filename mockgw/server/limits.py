"""Limits: as many open files as the system grants, since each client holds one."""

import contextlib

WANTED = 65_536  # connections beyond which one process has other worries; some systems grant no unlimited number


def raise_open_files(wanted: int = WANTED) -> None:
    """Let this process have so many open files, or as many as it may; never fewer than it has."""
    with contextlib.suppress(ImportError, ValueError, OSError):  # Windows has no such limit; a sandbox may forbid it
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        granted = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
        if soft != resource.RLIM_INFINITY and soft < granted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (granted, hard))
