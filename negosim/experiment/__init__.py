"""Experiments: a question, the scenarios that it is asked of, what is varied and what is counted."""
