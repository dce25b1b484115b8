"""The nouns that rooms hand to each other. No input or output happens here."""
