"""How Inbox is started, served and stopped."""
