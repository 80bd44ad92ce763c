"""Runs in which processes and servers are killed, stopped and cut off while messages flow.

Each run has a short form for `make test` and, where size or patience matter, a long one for
`make faults`. What each measures stands in docs/faults.md.
"""
