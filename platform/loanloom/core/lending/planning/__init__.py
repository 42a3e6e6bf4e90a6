"""From terms to a plan: dates, rates, rules for principal and interest, the schedule. Knows no payments."""
