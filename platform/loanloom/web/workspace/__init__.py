"""Screens of the staff. Each area is a module with a `blueprint`, entered in web/blueprints.py."""
