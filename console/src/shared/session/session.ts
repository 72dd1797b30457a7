import { useSyncExternalStore } from "react";
import { type Config, readConfig } from "./config";
import { type DevelopmentIdentity, DevelopmentTokens } from "./development";
import type { HostedTokens } from "./hosted";
import { type Principal, principalOf } from "./principal";

/** Who uses this page. */
export type SessionState =
  | { readonly status: "starting" }
  | { readonly status: "failed"; readonly error: unknown }
  | { readonly status: "signed-out"; readonly config: Config; readonly error: unknown }
  | {
      readonly status: "signed-in";
      readonly config: Config;
      readonly principal: Principal;
      readonly ended: boolean;
    };

let state: SessionState = { status: "starting" };
let token: string | null = null;
let development: DevelopmentTokens | null = null;
let hosted: HostedTokens | null = null;
let renewal: Promise<string> | null = null;
let signedInAgain: (() => void) | null = null;
const listeners = new Set<() => void>();

/** Read the configuration, and find out who is signed in. */
export async function startSession(): Promise<void> {
  let config: Config;
  try {
    config = await readConfig();
  } catch (error) {
    become({ status: "failed", error });
    return;
  }
  try {
    if (config.sign_in === "development") {
      development = new DevelopmentTokens();
    } else {
      const { HostedTokens } = await import("./hosted");
      hosted = new HostedTokens(config, accept);
    }
    const restored = await (development ?? hosted)?.restore();
    if (restored) {
      enter(config, restored);
    } else {
      become({ status: "signed-out", config, error: null });
    }
  } catch (error) {
    become({ status: "signed-out", config, error });
  }
}

/** Sign in here, without a password.
 *
 * @throws SignInRefused with the issuer's sentence.
 */
export async function signInForDevelopment(identity: DevelopmentIdentity): Promise<void> {
  if (state.status === "signed-out" && development !== null) {
    enter(state.config, await development.signIn(identity));
  }
}

/** Go to the hosted login. */
export async function signInHosted(): Promise<void> {
  await hosted?.leave();
}

/** Sign in again beside the page after the session has ended; requests that wait are sent then. */
export async function signInAgain(): Promise<void> {
  if (hosted !== null) {
    accept(await hosted.signInBeside());
  } else if (development !== null) {
    accept(await development.renew());
  }
  signedInAgain?.();
}

/** Forget the token and everything on this page. */
export async function signOut(): Promise<void> {
  token = null;
  await (development ?? hosted)?.signOut();
  location.assign("/");
}

/** The token to send; null if nobody is signed in. */
export function currentToken(): string | null {
  return token;
}

/** A new token in place of `refused`, one for all requests that ask at once. If the session has ended, it
 * waits until the person has signed in again, so that nothing typed is lost.
 */
export function renewedToken(refused: string | null): Promise<string> {
  if (token !== null && token !== refused) {
    return Promise.resolve(token);
  }
  renewal ??= renew().finally(() => {
    renewal = null;
  });
  return renewal;
}

async function renew(): Promise<string> {
  try {
    accept((await (development ?? hosted)?.renew()) ?? "");
  } catch {
    if (state.status !== "signed-in") {
      throw new Error("Nobody is signed in.");
    }
    const again = new Promise<void>((resolve) => {
      signedInAgain = resolve;
    });
    become({ ...state, ended: true });
    await again;
    signedInAgain = null;
  }
  return token ?? "";
}

function accept(next: string): void {
  if (state.status === "signed-in") {
    const principal = principalOf(next);
    if (principal.subject !== state.principal.subject) {
      location.reload(); // Another person: nothing of the first one may stay on the page.
      return;
    }
    token = next;
    if (state.ended) {
      become({ ...state, ended: false });
    }
  } else {
    token = next;
  }
}

function enter(config: Config, first: string): void {
  const principal = principalOf(first);
  token = first;
  become({ status: "signed-in", config, principal, ended: false });
}

function become(next: SessionState): void {
  state = next;
  for (const listener of listeners) {
    listener();
  }
}

export function useSession(): SessionState {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );
}

/** Who is signed in, for pages that are shown to nobody else. */
export function usePrincipal(): Principal {
  const session = useSession();
  if (session.status !== "signed-in") {
    throw new Error("Nobody is signed in.");
  }
  return session.principal;
}
