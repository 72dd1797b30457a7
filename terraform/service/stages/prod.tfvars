throttling = { rate = 1000, burst = 2000 }

# A third of the throttling for any one address. Costs 6 USD a month for each service: null for no firewall.
requests_per_address = 100000
