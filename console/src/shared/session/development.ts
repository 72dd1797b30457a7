import type { Role } from "./principal";
import type { TokenSource } from "./tokenSource";

/** Kept in sessionStorage: who signed in, never a token. */
export interface DevelopmentIdentity {
  readonly role: Role;
  readonly vendor: string | null;
}

const STORAGE_NAME = "inventory-console.identity";

/** The identity provider refused; the message is its sentence. */
export class SignInRefused extends Error {}

/** Tokens of the development issuer, for everybody on this machine. */
export class DevelopmentTokens implements TokenSource {
  async restore(): Promise<string | null> {
    const identity = keptIdentity();
    return identity === null ? null : await issuedToken(identity);
  }

  async signIn(identity: DevelopmentIdentity): Promise<string> {
    const token = await issuedToken(identity);
    sessionStorage.setItem(STORAGE_NAME, JSON.stringify(identity));
    return token;
  }

  async renew(): Promise<string> {
    const token = await this.restore();
    if (token === null) {
      throw new SignInRefused("");
    }
    return token;
  }

  async signOut(): Promise<void> {
    sessionStorage.removeItem(STORAGE_NAME);
  }
}

function keptIdentity(): DevelopmentIdentity | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(STORAGE_NAME) ?? "null") as DevelopmentIdentity | null;
    return kept !== null && typeof kept.role === "string" ? kept : null;
  } catch {
    return null;
  }
}

async function issuedToken({ role, vendor }: DevelopmentIdentity): Promise<string> {
  const query = new URLSearchParams(vendor === null ? { role } : { role, vendor });
  const response = await fetch(`/token?${query}`, { cache: "no-store" });
  const text = (await response.text()).trim();
  if (!response.ok) {
    throw new SignInRefused(response.status === 400 ? text : `HTTP ${response.status}`);
  }
  return text;
}
