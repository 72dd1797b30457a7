"""A bounded load on a stage, with a report: what a platform team tries before others depend on it."""
