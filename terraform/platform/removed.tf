# What a former version of this root owned, and terraform/account owns now: the state forgets it, and it stays as it is
# until that root is applied (docs/platform.md#changing-things).

removed {
  from = aws_api_gateway_account.this

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_iam_role_policy_attachment.api_gateway

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_iam_role.api_gateway

  lifecycle {
    destroy = false
  }
}
