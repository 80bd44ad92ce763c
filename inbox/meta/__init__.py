"""Meta's platform. Knows no database."""
