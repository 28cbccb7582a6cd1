"""How well the intent classifier reads callers: labelled utterances, the fit of its weights, and its figures."""
