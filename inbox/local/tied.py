"""Become another program that ends when whoever started us ends.

Run as a file, by `Process`, so that it imports nothing of Inbox and starts in milliseconds:
    python -I -S tied.py OWNER_PID SIGNAL USER_ID GROUP_ID command…

A `preexec_fn` would do the same, but forking Python code is unsafe in a process with threads.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1  # prctl(2): Linux only; elsewhere leftovers are stopped by their pid file


def tie(owner: int, number: int) -> None:
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number)
    if os.getppid() != owner:  # it died before the tie was made
        sys.exit(1)


def act_as(user: int, group: int) -> None:
    if user != os.geteuid():
        os.setgroups([])
        os.setgid(group)
        os.setuid(user)


def main() -> None:
    owner, number, user, group, *command = sys.argv[1:]
    act_as(int(user), int(group))
    tie(int(owner), int(number))  # after the change of user, which would undo it
    os.execvp(command[0], command)  # noqa: S606 - no shell is meant


if __name__ == "__main__":
    main()
