"""What an agent can do besides talking, and the machinery that makes it safe to let a model ask for it."""
