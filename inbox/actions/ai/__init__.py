"""What the AI does for an organization: requests, analyses, moves, help for agents."""
