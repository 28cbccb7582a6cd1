"""Reaching other people's servers at addresses that somebody else has chosen."""
