"""Answers from the agent's own documents: read, chunk, embed, store, retrieve.

`data.knowledge.factory.build_knowledge` is the entrance. Importing anything here loads neither torch nor
chromadb: both are imported in worker threads, so that the server starts, and answers its health check,
before the model is in memory.
"""
