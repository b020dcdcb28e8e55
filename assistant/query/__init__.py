"""What is asked: the intent of a question, what it asks it of, in which words and in which form."""
