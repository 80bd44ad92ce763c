"""A program that starts both stores, says that they answer, and waits to be ended."""

from __future__ import annotations

import os
import signal

import redis

from inbox.local.stores import throwaway_stores

if __name__ == "__main__":
    with throwaway_stores() as stores:
        ((version,),) = stores.postgresql.run("SHOW server_version_num")
        answer = redis.Redis.from_url(stores.redis.url).ping()
        print(f"as {os.geteuid()}: PostgreSQL {version}, Redis {answer}", flush=True)
        signal.pause()
