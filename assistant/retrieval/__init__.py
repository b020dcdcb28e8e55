"""Which passages a question is about."""
