"""AI analysis. Knows no database."""
