import { Group, NavLink, Text } from "@mantine/core";
import { Link } from "react-router";
import { formatQuantity } from "../../shared/format/numbers";
import { type Branch, pathsTo } from "./tree";

interface Props {
  readonly branches: readonly Branch[];
  readonly chosen: string | null;
}

export function CategoryTree({ branches, chosen }: Props) {
  const open = chosen === null ? [] : pathsTo(branches, chosen);
  return branches.map((branch) => (
    <BranchLink key={branch.path} branch={branch} chosen={chosen} open={open} />
  ));
}

interface BranchProps {
  readonly branch: Branch;
  readonly chosen: string | null;
  readonly open: readonly string[];
}

function BranchLink({ branch, chosen, open }: BranchProps) {
  const below = branch.branches.map((each) => (
    <BranchLink key={each.path} branch={each} chosen={chosen} open={open} />
  ));
  const shared = {
    label: <Label branch={branch} />,
    defaultOpened: open.includes(branch.path),
    active: branch.category !== null && branch.category === chosen,
    children: below.length > 0 ? below : undefined,
  };
  if (branch.category === null) return <NavLink {...shared} component="button" type="button" />;
  return (
    <NavLink
      {...shared}
      component={Link}
      to={categoryAddress(branch.category)}
      aria-current={shared.active ? "page" : undefined}
    />
  );
}

function Label({ branch }: { readonly branch: Branch }) {
  return (
    <Group component="span" justify="space-between" gap="xs" wrap="nowrap">
      <span style={{ overflowWrap: "anywhere" }}>{branch.label}</span>
      <Text component="span" size="xs" c="dimmed">
        {formatQuantity(branch.products)}
      </Text>
    </Group>
  );
}

export function categoryAddress(category: string): string {
  return `/shelf?category=${encodeURIComponent(category)}`;
}
