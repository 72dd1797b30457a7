/** What a person may do here; the groups of the identity provider, and `orders` is the order desk's. */
export type Role = "vendor" | "desk" | "auditor" | "admin";

export interface Principal {
  readonly role: Role;
  /** The vendor of the role `vendor`; null for the others. */
  readonly vendorId: string | null;
  /** How the person is named in the page's head: an e-mail address, or the subject of the token. */
  readonly name: string;
  /** The subject of the token: what is kept on this machine is kept under it. */
  readonly subject: string;
}

const ROLE_OF_GROUP: Record<string, Role> = {
  admin: "admin",
  auditor: "auditor",
  orders: "desk",
  vendor: "vendor",
};

/** The token of somebody who has none of the groups that the services know. */
export class UnknownRole extends Error {}

/** Read role and vendor from an ID token. The services check it; the page only reads it.
 *
 * @throws UnknownRole if no group of it is one of ours.
 */
export function principalOf(idToken: string): Principal {
  const claims = claimsOf(idToken);
  const groups = Array.isArray(claims["cognito:groups"]) ? claims["cognito:groups"] : [];
  const roles = groups.flatMap((group) => ROLE_OF_GROUP[String(group)] ?? []);
  const role = (["admin", "vendor", "desk", "auditor"] as const).find((each) => roles.includes(each));
  if (role === undefined) {
    throw new UnknownRole(String(claims.email ?? claims.sub ?? ""));
  }
  const vendorId = role === "vendor" ? String(claims["custom:vendor_id"] ?? "") || null : null;
  return {
    role,
    vendorId,
    name: String(claims.email ?? claims.sub ?? role),
    subject: String(claims.sub ?? role),
  };
}

function claimsOf(token: string): Record<string, unknown> {
  const payload = token.split(".")[1] ?? "";
  const base64 = payload.replaceAll("-", "+").replaceAll("_", "/");
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
}
