"""Screens of borrowers, made for a phone first. One blueprint; what it shows comes from services/reading/portal.py."""
