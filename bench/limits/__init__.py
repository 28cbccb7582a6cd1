"""How much one server process bears: calls at once, and calls in the long run."""
