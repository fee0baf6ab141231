"""Pure answers to questions about energy, one question in each file."""
