"""Screens of borrowers, made for a phone first. One blueprint; everything shown comes from services/portal.py."""
