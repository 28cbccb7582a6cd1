"""The parts of the intent classifier; `bot.intents` is the way in."""
