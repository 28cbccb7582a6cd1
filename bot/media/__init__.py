"""The media plane: everything that happens every 20 ms, kept out of the pipeline's queues."""
