"""`make bench`: how fast Inbox is, each figure beside a floor that was taken in the same run."""
