"""A stand-in for Deepgram: live and prerecorded transcription, text to speech, the key check."""
