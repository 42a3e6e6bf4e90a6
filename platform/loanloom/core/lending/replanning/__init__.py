"""Re-planning: what a loan's rows become when interest follows what is really outstanding, money is drawn again, the
rate changes or instalments are solved anew. Decides nothing; `decisions` ask it and put the outcome into events."""
