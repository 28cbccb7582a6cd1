"""Measurements of a running server, made from outside: printed tables, JSON and plots."""
