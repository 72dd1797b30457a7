"""What the audit service does: queries, exports, the stream auditor, and the checks of log and archive."""
