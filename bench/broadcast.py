"""The ceiling of live delivery: a bare `websockets.broadcast` of the same bytes to as many clients.

`python -m bench.broadcast`: what anyone sends, all others get.
"""

from __future__ import annotations

import asyncio
import os

from websockets.asyncio.server import ServerConnection, broadcast, serve


async def main() -> None:
    everyone: set[ServerConnection] = set()

    async def take(opened: ServerConnection) -> None:
        everyone.add(opened)
        try:
            async for text in opened:
                broadcast(everyone - {opened}, text)
        finally:
            everyone.discard(opened)

    port = int(os.environ["PORT"])
    async with serve(take, os.environ["HOST"], port, compression=None, ping_interval=None):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
