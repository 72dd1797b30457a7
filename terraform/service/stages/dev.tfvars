cors_origins = ["http://localhost:3000"]
throttling   = { rate = 100, burst = 200 }
