"""Who may log in and what they may do: users, roles, functions, signing in."""
