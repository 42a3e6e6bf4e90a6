"""Records of entities that the company declares itself: kept, found, imported, shown, without code for any of them.

`metadata.registers` says what a register is; lists are the data set of the register (services/reading/data_sets).
"""
