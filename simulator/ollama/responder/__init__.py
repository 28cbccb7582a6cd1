"""The model behind the stand-in: generic rules that read the prompt's passages, history and tool schemas."""
