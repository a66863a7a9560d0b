"""The server of the soak test: as `mockgw serve`, with a journal of any size and a count of its tasks."""

import asyncio
import json
import sys
from pathlib import Path

from mockgw.cli.output import say
from mockgw.journal import Journal
from mockgw.lint.check import open_checked
from mockgw.log import json_line
from mockgw.pipeline import Pipeline
from mockgw.server.runner import Server
from mockgw.settings import Settings

EVERY = 0.25  # seconds between counts


async def count_tasks() -> None:
    while True:
        say(json.dumps({"event": "tasks", "tasks": len(asyncio.all_tasks())}))
        await asyncio.sleep(EVERY)


def main() -> None:
    scenario, kept, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    pipeline = Pipeline(open_checked((scenario,), None)[0], Settings(port=0, seed=seed))
    pipeline.journal = Journal(kept=kept)
    pipeline.observers.append(lambda exchange: say(json_line(exchange)))
    Server(pipeline, lambda url: say(json.dumps({"event": "ready", "url": url})), [count_tasks]).run()


if __name__ == "__main__":
    main()
