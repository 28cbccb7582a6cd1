"""A stand-in for Ollama's server: its real protocol on loopback, with a rule-based model behind it."""
