throttling = { rate = 200, burst = 400 }
