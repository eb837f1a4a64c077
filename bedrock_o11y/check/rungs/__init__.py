"""One rung per file. A rung only judges evidence; it never talks to AWS."""
