"""What a product may be and become: commands and rules, without I/O."""
