"""Text to syntax tree and back: tokens, grammar, canonical text. No types, no meaning."""
