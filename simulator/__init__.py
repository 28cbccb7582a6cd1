"""Stand-ins that speak the vendors' protocols on loopback: Twilio, Deepgram and Ollama.

They let the whole product run, be tested and be measured with no key, no bill and no internet.
"""
