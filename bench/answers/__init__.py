"""What it saves to say frequent answers again, and that nobody gets an answer that was another caller's."""
