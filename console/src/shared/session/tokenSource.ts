/** Where ID tokens come from. They are kept in memory alone. */
export interface TokenSource {
  /** The token of who signed in before, if that is still known; null else. May leave the page to find out. */
  restore(): Promise<string | null>;
  /** A new token in place of one that has ended. */
  renew(): Promise<string>;
  signOut(): Promise<void>;
}
