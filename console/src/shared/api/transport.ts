import { currentToken, renewedToken } from "../session/session";
import { Unreachable } from "./problems";

/** The most times that one request is sent, the first included. */
export const ATTEMPTS_MAX = 4;
/** How long a command that finishes by itself is asked for again. */
export const FINISH_DEADLINE_SECONDS = 30;
/** The longest pause that a `Retry-After` is followed for. */
export const PAUSE_MAX_SECONDS = 10;
const FIRST_PAUSE_SECONDS = 0.25;

const SAFE_METHODS = ["GET", "HEAD", "OPTIONS"];
/** RFC 9110 9.2.2: sending one of them twice is sending it once. */
const REPEATABLE_METHODS = [...SAFE_METHODS, "PUT", "DELETE"];
/** The service did nothing, or cannot say what it did. */
const PASSING_STATUSES = [429, 502, 503, 504];

/** What the transport needs from its surroundings; tests replace it. */
export interface Surroundings {
  send(request: Request): Promise<Response>;
  token(): string | null;
  renew(refused: string | null): Promise<string>;
  pause(seconds: number, signal: AbortSignal): Promise<void>;
  random(): number;
  now(): number;
}

const browser: Surroundings = {
  send: (request) => fetch(request),
  token: currentToken,
  renew: renewedToken,
  pause: paused,
  random: Math.random,
  now: () => performance.now() / 1000,
};

/** Send a request with the token. One that may be sent twice is: again after an answer that says "later" or
 * is lost, always under the same Idempotency-Key; and again while the answer is 202. A 401 renews the token
 * and sends it once more.
 */
export function transport(request: Request): Promise<Response> {
  return sendRequest(request, isRepeatable(request), browser);
}

/** As `transport`, for batches: each of their commands has a key of its own, so all may be sent again. */
export function repeatableTransport(request: Request): Promise<Response> {
  return sendRequest(request, true, browser);
}

/** As `transport`, but a 202 is returned at once, for callers who show that the command runs and send it again. */
export function acceptingTransport(request: Request): Promise<Response> {
  return sendRequest(request, isRepeatable(request), browser, false);
}

/** @param finishes whether a 202 is followed until the command is finished. */
export async function sendRequest(
  request: Request,
  repeatable: boolean,
  surroundings: Surroundings,
  finishes = true,
): Promise<Response> {
  const begun = surroundings.now();
  let renewed = false;
  for (let attempt = 1; ; ) {
    const token = surroundings.token();
    let response: Response | null = null;
    try {
      response = await surroundings.send(withToken(request, token));
    } catch (error) {
      if (request.signal.aborted || (error instanceof DOMException && error.name === "AbortError")) {
        throw error;
      }
      if (!repeatable || attempt >= ATTEMPTS_MAX) {
        throw new Unreachable(request.url, { cause: error });
      }
    }
    if (response?.status === 401 && token !== null && !renewed) {
      renewed = true;
      await surroundings.renew(token);
      continue;
    }
    if (response?.status === 202 && repeatable && finishes) {
      const seconds = pauseSeconds(response, 1, surroundings);
      if (surroundings.now() + seconds - begun < FINISH_DEADLINE_SECONDS) {
        await surroundings.pause(seconds, request.signal);
        continue;
      }
      return response;
    }
    if (
      response !== null &&
      !(repeatable && PASSING_STATUSES.includes(response.status) && attempt < ATTEMPTS_MAX)
    ) {
      return response;
    }
    await surroundings.pause(pauseSeconds(response, attempt, surroundings), request.signal);
    attempt += 1;
  }
}

export function isRepeatable(request: Request): boolean {
  return REPEATABLE_METHODS.includes(request.method) || request.headers.has("Idempotency-Key");
}

/** Exponential backoff with full jitter, and never before the service asks for it. */
function pauseSeconds(response: Response | null, attempt: number, { random }: Surroundings): number {
  const asked = Number(response?.headers.get("Retry-After") ?? 0);
  const backoff = FIRST_PAUSE_SECONDS * 2 ** (attempt - 1) * (0.5 + random() / 2);
  return Math.min(Math.max(Number.isFinite(asked) ? asked : 0, backoff), PAUSE_MAX_SECONDS);
}

function withToken(request: Request, token: string | null): Request {
  const copy = request.clone();
  if (token !== null) {
    copy.headers.set("Authorization", `Bearer ${token}`);
  }
  return copy;
}

function paused(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, seconds * 1000);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
