"""One stored agent, two views: how both are read and written."""
