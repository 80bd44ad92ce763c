"""What people write: replies, from the composer to Meta and back."""
