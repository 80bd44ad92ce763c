"""Facebook Pages: connected, looked after, disconnected."""
