"""Questions that change nothing: lists, reports, search, histories, figures."""
