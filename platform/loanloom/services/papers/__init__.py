"""Contracts and everything printed: made once, kept as bytes, drawn as PDF and DOCX."""
