import type { Problem } from "./types";

/** A request that did not work, with what the server said about it. */
export class ApiError extends Error {
  readonly status: number;
  /** The server's stable word, or ours: `network`, `timeout`, `unknown`. */
  readonly code: string;
  readonly detail: string | undefined;
  readonly requestId: string | undefined;
  readonly fields: Problem["errors"];
  /** Seconds the server asked to wait. */
  readonly retryAfter: number | undefined;

  constructor(init: {
    status: number;
    code: string;
    title?: string;
    detail?: string | undefined;
    requestId?: string | undefined;
    fields?: Problem["errors"];
    retryAfter?: number | undefined;
  }) {
    super(init.title ?? init.code);
    this.name = "ApiError";
    this.status = init.status;
    this.code = init.code;
    this.detail = init.detail;
    this.requestId = init.requestId;
    this.fields = init.fields;
    this.retryAfter = init.retryAfter;
  }

  /** Whether the server found fault with the field a JSON pointer names, or with a part of it. */
  blames(pointer: string): boolean {
    return this.fields?.some((field) => field.pointer.startsWith(pointer)) ?? false;
  }

  /** Whether the same request may work later, unchanged. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** What was thrown, as an `ApiError`. */
export function toApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  if (thrown instanceof DOMException && thrown.name === "TimeoutError") {
    return new ApiError({ status: 0, code: "timeout" });
  }
  if (thrown instanceof TypeError) return new ApiError({ status: 0, code: "network" });
  return new ApiError({ status: 0, code: "unknown", title: String(thrown) });
}

/** The error of an answer that is not a success. */
export function problemOf(response: Response, body: unknown): ApiError {
  const problem = (typeof body === "object" && body !== null ? body : {}) as Partial<Problem>;
  const wait = Number(response.headers.get("Retry-After"));
  return new ApiError({
    status: response.status,
    code: typeof problem.code === "string" ? problem.code : codeOf(response.status),
    ...(problem.title === undefined ? {} : { title: problem.title }),
    detail: problem.detail,
    requestId: problem.request_id ?? response.headers.get("X-Request-Id") ?? undefined,
    fields: problem.errors,
    retryAfter: Number.isFinite(wait) && wait > 0 ? wait : undefined,
  });
}

function codeOf(status: number): string {
  if (status === 502 || status === 503 || status === 504) return "unavailable";
  return status >= 500 ? "internal" : "unknown";
}
