"""`bench retrieval`: does a question find the passage that answers it, and is one without an answer noticed?"""
