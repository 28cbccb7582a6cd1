"""Adapters to the vendors that hear, think and speak."""
