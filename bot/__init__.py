"""How one call runs: its two planes, its services, its tools."""
