"""The programs that generate documents from the code, and calculate costs and capacity from measurements."""
