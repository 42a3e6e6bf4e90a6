"""Where everything is kept: PostgreSQL, and nothing else. Holds no rule of lending and makes no decision."""
