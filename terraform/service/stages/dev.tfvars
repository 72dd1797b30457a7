cors_origins = ["http://localhost:3000"]
monitoring   = false # an idle stage costs little: docs/platform.md
throttling   = { rate = 100, burst = 200 }
