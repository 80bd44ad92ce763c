"""What people send: fetched, kept, and given to those who may see it."""
