"""The three doors: workspace for staff, studio for business admins, portal for borrowers, and the REST API.

Parses, authenticates, calls services and renders. Holds no rule of lending.
"""
