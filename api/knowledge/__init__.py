"""Documents over REST: what routes do with them, and the work that goes on after they have answered."""
