"""What is asked: the intent of a question, what it asks it of, and in which form."""
