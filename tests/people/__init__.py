"""People: set-up, sign-in, team, links, account, commands."""
