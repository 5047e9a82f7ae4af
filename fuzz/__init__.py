"""Fuzzing of everything that reads foreign input: ``python -m fuzz``, from the repository."""
