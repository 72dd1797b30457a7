"""Where DynamoDB's partitions saturate, by what operations cost."""
