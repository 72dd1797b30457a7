# The private key that signs the stock log. Terraform makes an empty secret: a value of its own would be in its state.
# `make rotate-ledger-key` puts the key there, and publishes the public one (docs/platform.md).
resource "aws_secretsmanager_secret" "this" {
  #checkov:skip=CKV2_AWS_57:make rotate-ledger-key rotates it, as the public key must be published before the switch
  #checkov:skip=CKV_AWS_149:the key that AWS manages is used unless the stage has one of its own
  name                    = var.name
  description             = "The private key that signs the stock log; only the stock service's functions may read it."
  kms_key_id              = var.kms_key_arn
  recovery_window_in_days = var.deletion_protection ? 30 : 0
}

locals {
  # On AWS, the principal of a role's session is the role.
  sessions = [for arn in var.reader_arns : "${replace(replace(arn, ":iam:", ":sts:"), ":role/", ":assumed-role/")}/*"]
  readers  = concat(var.reader_arns, var.is_emulated ? local.sessions : [])
}

# Holds against administrators too, unless they change this policy, which is an event in CloudTrail.
resource "aws_secretsmanager_secret_policy" "this" {
  secret_arn          = aws_secretsmanager_secret.this.arn
  block_public_policy = true

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "DenyReadingToAllOthers"
      Effect    = "Deny"
      Principal = "*"
      Action    = "secretsmanager:GetSecretValue"
      Resource  = "*"
      Condition = { ArnNotLike = { "aws:PrincipalArn" = local.readers } }
    }]
  })
}
