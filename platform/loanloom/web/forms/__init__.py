"""Generated forms on screen: what a page posted, and the pieces its templates need. Holds no rule of any form."""
