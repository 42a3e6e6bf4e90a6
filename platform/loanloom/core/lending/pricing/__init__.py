"""What a loan costs: charges, taxes, the yearly cost with everything borne, its disclosure and its limits."""
