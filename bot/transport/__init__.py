"""Transports: how a call's audio reaches the media plane, one module per kind of peer."""
