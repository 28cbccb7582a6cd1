"""`python -m bench.intents`: see `bench/intents/command.py`."""

import sys

from bench.intents.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
