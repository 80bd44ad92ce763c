"""What is done with the sales board: moving contacts, shaping pipelines, reviewing AI's moves."""
