variable "region" {
  description = "The AWS region; each region has a state of its own."
  type        = string
  default     = "ap-south-1"
  nullable    = false
}

variable "permissions_boundary_arn" {
  description = "The permissions boundary of the role, if the account requires one."
  type        = string
  default     = null
}
