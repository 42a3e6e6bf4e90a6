"""Metadata: documents -> checked, immutable registry. What the lender says; it computes nothing and keeps nothing."""
