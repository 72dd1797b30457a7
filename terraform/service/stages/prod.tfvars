throttling = { rate = 1000, burst = 2000 }

# A third of the throttling for any one address. Costs 6 USD a month for each service: null for no firewall.
requests_per_address = 100000

# What one order system, or one vendor, may ask of one instance of an API, in tokens: a request takes one for each command
# or line in it. An import goes at 500 rows a second in each connection. By service; without an entry, no budget.
budgets = {
  catalog = { client = { rate = 500, burst = 5000 }, vendor = { rate = 500, burst = 5000 } }
  stock   = { client = { rate = 500, burst = 5000 }, vendor = { rate = 500, burst = 5000 } }
  audit   = { client = { rate = 100, burst = 500 }, vendor = { rate = 100, burst = 500 } }
}
