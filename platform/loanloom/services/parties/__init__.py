"""Customers and what they owe and stand for."""
