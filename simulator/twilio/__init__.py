"""A stand-in for Twilio on loopback: its REST API, its webhooks, and a caller on a media stream.

Everything that the server under test sees is shaped and signed as Twilio does it; everything that it sends
back is checked, played in real time, recorded and measured.
"""
