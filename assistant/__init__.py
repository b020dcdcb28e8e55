"""How questions get answered: retrieval, evidence, the chat model, citations and support."""
