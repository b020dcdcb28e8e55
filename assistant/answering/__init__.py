"""Answers that are put together in other ways than a question of fact is."""
