"""What the log, its findings and its checks mean: values and rules, without I/O."""
