"""From an application begun to one handed in: drafts, papers, findings, and applicants in bulk."""
