"""What Meta delivers, taken in: messages, and what happens to them later."""
