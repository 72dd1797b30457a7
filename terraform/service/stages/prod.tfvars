throttling = { rate = 1000, burst = 2000 }
