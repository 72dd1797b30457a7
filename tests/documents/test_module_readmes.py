"""The README of each Terraform folder lists what its configuration declares."""

import pytest

from tools.module_readmes import TERRAFORM, blocks, documentation, folders, updated


def _name(folder):
    return str(folder.relative_to(TERRAFORM))


def test_all_folders_are_found():
    assert {_name(folder) for folder in folders()} == {
        "account",
        "console",
        "deployers",
        "platform",
        "service",
        "webhooks",
        *(
            f"modules/{name}"
            for name in (
                "archive",
                "backup",
                "deployers",
                "failure_queue",
                "function_role",
                "identity",
                "ledger_key",
                "service",
                "table",
                "trail",
            )
        ),
    }


@pytest.mark.parametrize("folder", folders(), ids=_name)
def test_a_readme_lists_what_its_folder_declares(folder):
    assert (folder / "README.md").read_text() == updated(folder), "run make reference"


@pytest.mark.parametrize("folder", folders(), ids=_name)
def test_every_variable_and_output_is_described(folder):
    for block in blocks(folder):
        if block.block_type in ("variable", "output"):
            assert block.description.endswith("."), f"{block.block_type} {block.name}"


def test_declarations_with_nested_values_are_parsed(tmp_path):
    (tmp_path / "versions.tf").write_text(
        'terraform {\n  required_version = ">= 1.11"\n\n  required_providers {\n    aws = {\n'
        '      source  = "hashicorp/aws"\n      version = "~> 5.100"\n    }\n  }\n}\n'
    )
    (tmp_path / "variables.tf").write_text(
        'variable "shop" {\n  description = <<-EOT\n    One shop,\n    or "two".\n  EOT\n'
        '  type = object({\n    name = string\n  })\n  default = { name = "a } b" }\n}\n'
        '\nvariable "stage" {\n  description = "The stage."\n  type        = string\n}\n'
    )

    text = documentation(tmp_path)

    kind = "<pre>object({<br>    name = string<br>  })</pre>"
    assert f'| shop | One shop, or "two". | {kind} | `{{ name = "a }} b" }}` | no |' in text
    assert "| stage | The stage. | `string` | n/a | yes |" in text
    assert "## Outputs\n\nNo outputs." in text
