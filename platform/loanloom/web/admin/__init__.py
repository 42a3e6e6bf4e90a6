"""Administration: users, roles, the audit log. The house's own pages over Flask-AppBuilder's users and roles."""
