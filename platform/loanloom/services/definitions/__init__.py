"""What the company's definitions say and how they change: drafts, review, releases."""
