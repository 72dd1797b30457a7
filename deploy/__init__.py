"""From a service's folder to its stage: zips that Lambda runs, and Terraform that puts them there."""
