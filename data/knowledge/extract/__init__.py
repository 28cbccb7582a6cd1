"""Text out of files: one module a format, each on a kept library, all run in a process of their own."""
