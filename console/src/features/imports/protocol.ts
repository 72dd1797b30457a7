/** What the page and its worker say to each other; the documents are those of `inventory_imports.page`. */

/** What can be imported. */
export type Kind = "products" | "skus" | "stock";

/** A column of an import. */
export interface ImportColumn {
  readonly name: string;
  readonly is_required: boolean;
  /** The column of the file that has the same name. */
  readonly file_column: string | null;
}

/** What was found of a file. */
export interface DescribedFile {
  readonly notes: readonly string[];
  readonly columns: readonly string[];
  readonly presets: readonly { readonly name: string; readonly title: string }[];
  /** The likeliest first. */
  readonly kinds: readonly { readonly name: Kind; readonly columns: readonly ImportColumn[] }[];
  /** Under which deliveries and counts of this file are booked, once for ever. */
  readonly reference: string;
  readonly sample: readonly (readonly string[])[];
}

/** How the rows of a file are read. */
export interface HowToRead {
  readonly preset?: string;
  /** The column of the file for each of the import. */
  readonly columns?: Readonly<Record<string, string>>;
  readonly decimal?: string;
  readonly reference?: string;
}

/** Numbers of rows. */
export interface Counts {
  readonly create: number;
  readonly change: number;
  readonly unchanged: number;
  readonly rejected: number;
  readonly stays_inactive: number;
}

export interface Compared {
  readonly counts: Counts;
  readonly reasons: readonly { readonly reason: string; readonly rows: number }[];
}

interface Named {
  /** The Idempotency-Key. */
  readonly key: string;
  readonly product_id: string;
}

/** A command that executes an import unit. `body` and `before` are JSON texts, which are sent as they are. */
export type Command =
  | {
      readonly do: "create_product";
      readonly key: string;
      readonly body: string;
      readonly deactivates: boolean;
    }
  | (Named & {
      readonly do: "change_product";
      readonly version: number;
      readonly body: string;
      readonly before: string;
    })
  | (Named & {
      readonly do: "create_sku";
      readonly sku: string;
      readonly body: string;
      readonly deactivates: boolean;
    })
  | (Named & {
      readonly do: "change_sku";
      readonly sku: string;
      readonly version: number;
      readonly body: string;
      readonly before: string;
    })
  | (Named & {
      readonly do: "change_stock";
      readonly sku: string;
      readonly reference: string;
      readonly body: string;
    });

/** What an import would do with the rows of one thing. */
export interface PlannedUnit {
  readonly number: number;
  readonly line: number;
  /** The request that sends it: those of one number are sent together. */
  readonly batch: number;
  readonly action: "create" | "change";
  readonly name: string;
  readonly shown: string;
  readonly command: Command;
}

export interface RejectedRow {
  readonly line: number;
  readonly reason: string;
}

/** The methods of the worker: what it takes, and the text or bytes it returns. */
export interface WorkerMethods {
  open(name: string, content: ArrayBuffer, vendorId: string, options: string): string;
  read(kind: Kind, how: string): void;
  addProducts(page: string): string;
  addSkus(page: string): string;
  logs(): string;
  addRecords(page: string): string;
  compare(): string;
  commands(importKey: string): string;
  rejected(refused: string, limit: number): string;
  rejects(refused: string): Uint8Array<ArrayBuffer>;
  rejectsName(): string;
}

export interface Asked {
  readonly id: number;
  readonly method: keyof WorkerMethods;
  readonly args: readonly unknown[];
}

export type Answered =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string };
