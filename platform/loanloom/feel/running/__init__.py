"""What a program computes with: values, operators, the interpreter, and explanations of a run."""
