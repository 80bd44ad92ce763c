"""What Meta posts to us: webhooks, and the farewell of somebody who leaves."""
