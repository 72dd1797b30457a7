/** A category of the public list, with the number of its active products. */
export interface Category {
  readonly category: string;
  readonly active_products: number;
}

/**
 * A branch of the tree of categories. Names of categories may contain `/`: those that share what comes
 * before it become branches of one parent. A parent with a single branch is written in one with it.
 */
export interface Branch {
  /** What the branch is called: one part of the category's name, or several joined by ` / `. */
  readonly label: string;
  /** The whole name up to here, which no other branch of the tree has. */
  readonly path: string;
  /** The category that the branch is itself; null if it only groups others. */
  readonly category: string | null;
  /** Active products of the category and of all below it. */
  readonly products: number;
  readonly branches: readonly Branch[];
}

interface Node {
  category: string | null;
  products: number;
  readonly below: Map<string, Node>;
}

export function treeOf(categories: readonly Category[]): Branch[] {
  const root: Node = { category: null, products: 0, below: new Map() };
  for (const { category, active_products } of categories) {
    let node = root;
    for (const part of category.split("/")) {
      let below = node.below.get(part);
      if (!below) {
        below = { category: null, products: 0, below: new Map() };
        node.below.set(part, below);
      }
      node = below;
    }
    node.category = category;
    node.products = active_products;
  }
  return branchesOf(root, "");
}

function branchesOf(node: Node, above: string): Branch[] {
  return [...node.below].map(([part, below]) => branchOf(part, below, above)).sort(byLabel);
}

function branchOf(part: string, node: Node, above: string): Branch {
  const path = above + part;
  const branches = branchesOf(node, `${path}/`);
  const only = branches.length === 1 && node.category === null ? branches[0] : undefined;
  const label = part.trim() || "—";
  if (only) return { ...only, label: `${label} / ${only.label}` };
  const products = node.products + branches.reduce((sum, branch) => sum + branch.products, 0);
  return { label, path, category: node.category, products, branches };
}

function byLabel(a: Branch, b: Branch): number {
  return a.label.localeCompare(b.label) || (a.path < b.path ? -1 : 1);
}

/** The paths of the branches above a category, which have to be open for it to be seen. */
export function pathsTo(branches: readonly Branch[], category: string): string[] {
  for (const branch of branches) {
    if (branch.category === category) return [branch.path];
    const below = pathsTo(branch.branches, category);
    if (below.length > 0) return [branch.path, ...below];
  }
  return [];
}
