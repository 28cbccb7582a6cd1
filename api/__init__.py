"""The REST and Twilio-facing server: HTTP in, values of `data/` and calls of `bot/` out."""
