locals {
  name = "inventory-${var.stage}-console"

  # For what CloudFront has once in an account; buckets have their region always.
  global_name = "${local.name}${local.contract["names/region_suffix"] == "-" ? "" : local.contract["names/region_suffix"]}"

  is_emulated = var.emulator_endpoint != null

  tags = {
    project    = "inventory"
    stage      = var.stage
    owner      = "console"
    managed_by = "terraform"
  }

  account_id = data.aws_caller_identity.current.account_id

  # The platform team owns the domain; without one, the console has CloudFront's own address.
  domain          = local.contract["console/domain"] == "-" ? null : local.contract["console/domain"]
  certificate_arn = local.contract["console/certificate_arn"] == "-" ? null : local.contract["console/certificate_arn"]
  console_url     = "https://${coalesce(local.domain, aws_cloudfront_distribution.this.domain_name)}"

  # What the console's page reads first: config.json.
  configuration = {
    sign_in      = "hosted"
    authority    = local.contract["identity/issuer"]
    client_id    = local.contract["identity/web_client_id"]
    hosted_login = local.contract["identity/hosted_login"]
    demo         = false
  }

  # An address such as https://a1b2c3d4e5.execute-api.ap-south-1.amazonaws.com/dev, by its parts.
  apis = {
    for service, parameter in local.of_the_services : service => try(
      regex("^(?P<scheme>https?)://(?P<host>[^/:]+)(?::(?P<port>[0-9]+))?(?P<path>/.*)?$", local.contract[parameter]),
      { scheme = "https", host = "missing", port = null, path = null },
    )
  }
}

data "aws_caller_identity" "current" {}
