"""A pretend Meta over real HTTP: Graph doors, signed webhooks, and a page to play the customer.

Local runs, tests and benchmarks talk to it as they would talk to Meta. It shares no code with the
rest of the house, so that our signature and parsing code is proved by something other than itself.
"""
