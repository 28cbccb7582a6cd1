"""The way of finished turns from a call into the database: in order, off the audio path, by way of the disk."""
