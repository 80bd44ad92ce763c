"""What people do with contacts: edit, tag, note, merge."""
