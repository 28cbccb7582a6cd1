"""How the agent takes turns: what callers say and what sounds, and what the agent was heard to do about it."""
