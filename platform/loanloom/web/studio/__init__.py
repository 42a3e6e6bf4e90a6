"""The studio: where business administrators configure products, flows, forms, scorecards and the rest."""
