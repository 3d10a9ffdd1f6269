"""Where pure decisions and I/O meet: one use case per file."""
