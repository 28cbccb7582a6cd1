"""Request and response bodies, one module per REST resource."""
