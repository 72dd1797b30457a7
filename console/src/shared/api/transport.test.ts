import { expect, test } from "vitest";
import { Unreachable } from "./problems";
import { ATTEMPTS_MAX, isRepeatable, type Surroundings, sendRequest } from "./transport";

type Answer = Response | Error;

/** Surroundings that give these answers one after the other, and never wait. */
function scripted(answers: Answer[]) {
  const sent: Request[] = [];
  const pauses: number[] = [];
  let token = "first";
  const surroundings: Surroundings = {
    send: async (request) => {
      sent.push(request);
      const answer = answers.shift();
      if (answer === undefined) {
        throw new Error("There are no more answers.");
      }
      if (answer instanceof Error) {
        throw answer;
      }
      return answer;
    },
    token: () => token,
    renew: async () => {
      token = "second";
      return token;
    },
    pause: async (seconds) => {
      pauses.push(seconds);
    },
    random: () => 0,
    now: () => pauses.reduce((sum, each) => sum + each, 0),
  };
  return { surroundings, sent, pauses };
}

const lost = () => new TypeError("Failed to fetch");
const answer = (status: number, headers: Record<string, string> = {}) =>
  new Response(null, { status, headers });
const get = () => new Request("http://console.invalid/api/stock/health");
const post = (headers: Record<string, string> = {}) =>
  new Request("http://console.invalid/api/stock/x", { method: "POST", headers, body: "{}" });

test("requests that are safe, idempotent or have a key may be repeated", () => {
  expect(isRepeatable(get())).toBe(true);
  expect(isRepeatable(new Request("http://console.invalid", { method: "DELETE" }))).toBe(true);
  expect(isRepeatable(post())).toBe(false);
  expect(isRepeatable(post({ "Idempotency-Key": "k" }))).toBe(true);
});

test("a lost answer and a 503 are asked for again, under the same key and with the body", async () => {
  const { surroundings, sent, pauses } = scripted([lost(), answer(503, { "Retry-After": "2" }), answer(201)]);
  const response = await sendRequest(post({ "Idempotency-Key": "k" }), true, surroundings);
  expect(response.status).toBe(201);
  expect(sent.map((each) => each.headers.get("Idempotency-Key"))).toEqual(["k", "k", "k"]);
  expect(await Promise.all(sent.map((each) => each.text()))).toEqual(["{}", "{}", "{}"]);
  expect(pauses[1]).toBe(2);
});

test("after the last attempt the answer is the service's, or that there is none", async () => {
  const refused = scripted(Array.from({ length: ATTEMPTS_MAX }, () => answer(503)));
  expect((await sendRequest(get(), true, refused.surroundings)).status).toBe(503);
  const silent = scripted(Array.from({ length: ATTEMPTS_MAX }, lost));
  await expect(sendRequest(get(), true, silent.surroundings)).rejects.toThrow(Unreachable);
  expect(silent.sent).toHaveLength(ATTEMPTS_MAX);
});

test("a command without a key is sent once", async () => {
  const busy = scripted([answer(503)]);
  expect((await sendRequest(post(), false, busy.surroundings)).status).toBe(503);
  await expect(sendRequest(post(), false, scripted([lost()]).surroundings)).rejects.toThrow(Unreachable);
});

test("a refusal is an answer, not a reason to repeat", async () => {
  for (const status of [400, 403, 404, 409, 412, 422, 500, 501]) {
    const { surroundings, sent } = scripted([answer(status)]);
    expect((await sendRequest(get(), true, surroundings)).status).toBe(status);
    expect(sent).toHaveLength(1);
  }
});

test("a 401 renews the token, and the request is sent once more", async () => {
  const { surroundings, sent } = scripted([answer(401), answer(200)]);
  expect((await sendRequest(post(), false, surroundings)).status).toBe(200);
  expect(sent.map((each) => each.headers.get("Authorization"))).toEqual(["Bearer first", "Bearer second"]);
  const again = scripted([answer(401), answer(401)]);
  expect((await sendRequest(get(), true, again.surroundings)).status).toBe(401);
});

test("a 202 is asked for again until it is finished, or the deadline passes", async () => {
  const done = scripted([
    answer(202, { "Retry-After": "1" }),
    answer(202, { "Retry-After": "1" }),
    answer(200),
  ]);
  expect((await sendRequest(post({ "Idempotency-Key": "k" }), true, done.surroundings)).status).toBe(200);
  expect(done.pauses).toEqual([1, 1]);
  const slow = scripted(Array.from({ length: 100 }, () => answer(202, { "Retry-After": "10" })));
  expect((await sendRequest(post({ "Idempotency-Key": "k" }), true, slow.surroundings)).status).toBe(202);
  expect(slow.pauses).toEqual([10, 10]);
});

test("a 202 is returned at once to who follows the command by itself", async () => {
  const { surroundings, sent } = scripted([answer(202, { "Retry-After": "1" })]);
  const response = await sendRequest(post({ "Idempotency-Key": "k" }), true, surroundings, false);
  expect(response.status).toBe(202);
  expect(sent).toHaveLength(1);
});

test("an aborted request is not repeated", async () => {
  const controller = new AbortController();
  controller.abort();
  const { surroundings, sent } = scripted([new DOMException("aborted", "AbortError")]);
  const request = new Request("http://console.invalid/", { signal: controller.signal });
  await expect(sendRequest(request, true, surroundings)).rejects.toThrow("aborted");
  expect(sent).toHaveLength(1);
});
