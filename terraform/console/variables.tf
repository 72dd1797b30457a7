# The stage's settings: stages/<stage>.tfvars.

variable "stage" {
  description = "The stage."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,11}$", var.stage))
    error_message = "A stage has 2 to 12 characters of a-z and 0-9, the first of them a letter."
  }
}

variable "region" {
  description = "The AWS region of the buckets and of the services; CloudFront itself has none."
  type        = string
  default     = "ap-south-1"
  nullable    = false
}

variable "price_class" {
  description = "From where CloudFront answers: PriceClass_100 is North America and Europe, PriceClass_200 also Asia and Africa, PriceClass_All everywhere."
  type        = string
  default     = "PriceClass_200"
  nullable    = false

  validation {
    condition     = contains(["PriceClass_100", "PriceClass_200", "PriceClass_All"], var.price_class)
    error_message = "The price class must be PriceClass_100, PriceClass_200 or PriceClass_All."
  }
}

# Passed on the command line.

variable "emulator_endpoint" {
  description = "The endpoint of an AWS emulator on this machine, such as http://127.0.0.1:4566; null for AWS itself."
  type        = string
  default     = null

  validation {
    condition     = var.emulator_endpoint == null || can(regex("^http://(127[.]0[.]0[.]1|localhost):[0-9]+$", var.emulator_endpoint))
    error_message = "An emulator runs on a port of this machine: http://127.0.0.1:PORT."
  }

  validation {
    condition     = !(var.emulator_endpoint != null && var.stage == "prod")
    error_message = "The stage prod cannot be emulated."
  }
}
