"""What a month costs: traffic in, cost by table, index and function out."""
