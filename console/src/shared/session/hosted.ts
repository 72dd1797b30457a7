import { InMemoryWebStorage, type User, UserManager, WebStorageStateStore } from "oidc-client-ts";
import type { Config } from "./config";
import type { TokenSource } from "./tokenSource";

type HostedConfig = Extract<Config, { sign_in: "hosted" }>;

/** Kept while the page is away at the hosted login, so that a refusal there is not asked for again at once. */
const TRIED_NAME = "inventory-console.sign-in-tried";

/** Addresses that show something without signing in. */
const PUBLIC_ADDRESSES = ["/", "/shelf"];

/** Sign-in at Cognito's hosted login: the authorization code flow with PKCE. Tokens stay in memory. */
export class HostedTokens implements TokenSource {
  readonly #config: HostedConfig;
  readonly #manager: UserManager;
  /** The sign-ins that this window has begun. */
  readonly #begun = new WebStorageStateStore({ store: sessionStorage });

  constructor(config: HostedConfig, onToken: (token: string) => void) {
    this.#config = config;
    this.#manager = new UserManager({
      authority: config.authority,
      client_id: config.client_id,
      redirect_uri: `${location.origin}/`,
      popup_redirect_uri: `${location.origin}/`,
      response_type: "code",
      scope: "openid profile",
      loadUserInfo: false,
      monitorSession: false,
      automaticSilentRenew: true,
      userStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
      stateStore: this.#begun,
    });
    this.#manager.events.addUserLoaded((user) => {
      if (user.id_token) {
        onToken(user.id_token);
      }
    });
  }

  /** Complete a sign-in that comes back, or go through the hosted login's session once. */
  async restore(): Promise<string | null> {
    const query = new URLSearchParams(location.search);
    const begun = query.get("state");
    if (begun !== null && (query.has("code") || query.has("error"))) {
      if (window.opener !== null && (await this.#begun.get(begun)) === null) {
        // This window was opened beside a page, which has begun the sign-in and completes it.
        await this.#manager.signinPopupCallback();
        return null;
      }
      return await this.#complete();
    }
    if (PUBLIC_ADDRESSES.includes(location.pathname) || sessionStorage.getItem(TRIED_NAME) !== null) {
      return null;
    }
    await this.leave();
    return null;
  }

  /** Go to the hosted login, and come back to this address. */
  async leave(): Promise<never> {
    sessionStorage.setItem(TRIED_NAME, "1");
    await this.#manager.signinRedirect({
      state: { address: location.pathname + location.search + location.hash },
    });
    return await new Promise<never>(() => {});
  }

  /** Sign in beside the page, which keeps what was typed. */
  async signInBeside(): Promise<string> {
    return idToken(await this.#manager.signinPopup());
  }

  /** By the refresh token; there is no hidden frame. */
  async renew(): Promise<string> {
    const user = await this.#manager.getUser();
    if (!user?.refresh_token) {
      throw new Error("The session has ended.");
    }
    return idToken(await this.#manager.signinSilent());
  }

  async signOut(): Promise<void> {
    await this.#manager.removeUser();
    sessionStorage.removeItem(TRIED_NAME);
    const query = new URLSearchParams({
      client_id: this.#config.client_id,
      logout_uri: `${location.origin}/`,
    });
    location.assign(`${this.#config.hosted_login}/logout?${query}`);
    await new Promise<never>(() => {});
  }

  async #complete(): Promise<string> {
    try {
      const user = await this.#manager.signinRedirectCallback();
      const state = user.state as { address?: unknown } | undefined;
      history.replaceState(null, "", ownAddress(state?.address));
      sessionStorage.removeItem(TRIED_NAME);
      return idToken(user);
    } catch (error) {
      history.replaceState(null, "", "/");
      throw error;
    }
  }
}

/** An address of this console; the first page for everything else. */
export function ownAddress(address: unknown): string {
  return typeof address === "string" && /^\/(?![/\\])/.test(address) ? address : "/";
}

function idToken(user: User | null | undefined): string {
  if (!user?.id_token) {
    throw new Error("The sign-in returned no ID token.");
  }
  return user.id_token;
}
