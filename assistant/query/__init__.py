"""What a question asks for, and in which words."""
