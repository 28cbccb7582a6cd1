"""The custom frame processors, one per file, each doing one thing to one stream of frames."""
