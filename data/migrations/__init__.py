"""Alembic's environment: how tables get from one version of the product to the next."""
