"""The verbs of `python -m bench`, one module each with `add_arguments` and `run`."""
