import { texts } from "../texts/texts";

/** What a service answers when it refuses: RFC 9457, with members of its own. */
export interface ProblemDocument {
  readonly type?: string;
  readonly title: string;
  readonly status: number;
  /** What a program may compare, such as `insufficient_stock`. */
  readonly code: string;
  readonly detail: string;
  readonly request_id: string | null;
  readonly [member: string]: unknown;
}

/** A service refused a request. */
export class ProblemError extends Error {
  readonly problem: ProblemDocument;

  constructor(problem: ProblemDocument) {
    super(problem.detail || problem.title);
    this.name = "ProblemError";
    this.problem = problem;
  }

  get status(): number {
    return this.problem.status;
  }

  get code(): string {
    return this.problem.code;
  }
}

/** A service could not be reached at all. */
export class Unreachable extends Error {}

/** What to show of an error: one line, what explains it, and what to quote when asking for help. */
export interface ReadableError {
  readonly title: string;
  readonly detail: string;
  readonly code: string | null;
  readonly requestId: string | null;
  readonly status: number | null;
}

export function readable(error: unknown): ReadableError {
  if (error instanceof ProblemError) {
    const { title, detail, code, request_id, status } = error.problem;
    return { title, detail, code, requestId: request_id, status };
  }
  if (error instanceof Unreachable) {
    return { ...texts.problems.unreachable, code: null, requestId: null, status: null };
  }
  const detail = error instanceof Error ? error.message : String(error);
  return { title: texts.problems.unexpected, detail, code: null, requestId: null, status: null };
}

/** Whether an error is a refusal with this code. */
export function isProblem(error: unknown, ...codes: string[]): error is ProblemError {
  return error instanceof ProblemError && codes.includes(error.code);
}

/** The problem document of a refused response, or one that says what came instead. */
export function problemOf(body: unknown, response: Response): ProblemDocument {
  const members = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  return {
    ...members,
    title: typeof members.title === "string" ? members.title : texts.problems.http(response.status),
    status: response.status,
    code: typeof members.code === "string" ? members.code : `http_${response.status}`,
    detail: typeof members.detail === "string" ? members.detail : "",
    request_id:
      typeof members.request_id === "string" ? members.request_id : response.headers.get("X-Request-Id"),
  };
}
