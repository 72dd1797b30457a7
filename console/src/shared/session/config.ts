/** How people sign in, as `/config.json` says. */
export type Config =
  | { readonly sign_in: "development"; readonly demo: boolean }
  | {
      readonly sign_in: "hosted";
      /** The issuer of the tokens. */
      readonly authority: string;
      readonly client_id: string;
      /** The address of the hosted login, without a slash at its end. */
      readonly hosted_login: string;
      readonly demo: boolean;
    };

/** Read the configuration that the console is served with.
 *
 * @throws Error if it cannot be had or says nothing that this console knows.
 */
export async function readConfig(): Promise<Config> {
  const response = await fetch("/config.json", { cache: "no-store" });
  if (!response.ok) {
    throw new Error(`/config.json: HTTP ${response.status}`);
  }
  return configOf(await response.json());
}

export function configOf(document: unknown): Config {
  const members = (typeof document === "object" && document !== null ? document : {}) as Record<
    string,
    unknown
  >;
  const demo = members.demo === true;
  if (members.sign_in === "development") {
    return { sign_in: "development", demo };
  }
  const { authority, client_id, hosted_login } = members;
  if (
    members.sign_in === "hosted" &&
    typeof authority === "string" &&
    typeof client_id === "string" &&
    typeof hosted_login === "string"
  ) {
    return { sign_in: "hosted", authority, client_id, hosted_login: hosted_login.replace(/\/+$/, ""), demo };
  }
  throw new Error("/config.json names no way to sign in.");
}
