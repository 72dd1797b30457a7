cors_origins = ["http://localhost:3000"]
log_level    = "DEBUG"
throttling   = { rate = 100, burst = 200 }
