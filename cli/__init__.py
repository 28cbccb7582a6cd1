"""The command line's verbs, one module each; `run_bot.py` names them and explains them."""
