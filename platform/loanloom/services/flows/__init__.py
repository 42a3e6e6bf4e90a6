"""Cases of every module in their flows: started, moved, kept; what they are about is said by their subject."""
