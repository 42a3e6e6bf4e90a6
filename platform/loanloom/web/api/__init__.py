"""The REST API under /api/v1, described by OpenAPI at /api/v1/_openapi. The same services, rights and problems as the
screens; a caller shows a token (POST /api/v1/security/login) or the session cookie with a CSRF token."""
