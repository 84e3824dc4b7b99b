import { type ApiClient, createApiClient } from "@omnisupport/api-client";
import { endSession, saveSession, sessionStore } from "../session/session";
import { type Session, sessionOf, Tokens } from "../session/tokens";
import { problemOf, toApiError } from "./problem";
import type { TokenPair } from "./types";

const TIMEOUT_MS = 20_000;
/** The server's word for a company that is suspended. */
const SUSPENDED = "tenant_suspended";

/** The access tokens of this tab. */
export const tokens = new Tokens<Session, TokenPair>({
  load: () => sessionStore.get(),
  save: saveSession,
  goOn: ({ id }, pair) => sessionOf(pair, Date.now(), id),
  end: ({ code }) => endSession(code === SUSPENDED ? "suspended" : "expired"),
  now: () => Date.now(),
  request: (refreshToken) => refresh<TokenPair>("/api/v1/auth/refresh", refreshToken),
});

/** Exchanges a refresh token at `path`. */
export async function refresh<P>(path: string, refresh_token: string): Promise<P> {
  const answer = await timed(
    new Request(new URL(path, location.origin), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ refresh_token }),
    }),
  );
  const body: unknown = await answer.json().catch(() => null);
  if (!answer.ok) throw problemOf(answer, body);
  return body as P;
}

function timed(request: Request): Promise<Response> {
  return fetch(request, {
    signal: AbortSignal.any([request.signal, AbortSignal.timeout(TIMEOUT_MS)]),
  });
}

/** What hands out access tokens. */
interface Keeper {
  fresh(): Promise<string | null>;
  renew(stale: string): Promise<string>;
}

/** Sends with the current token; where the server refuses it, once more with a new one. */
export function authorisedBy(keeper: Keeper): (request: Request) => Promise<Response> {
  return async (request) => {
    const token = await keeper.fresh();
    if (token === null) return timed(request);
    const again = request.clone();
    request.headers.set("Authorization", `Bearer ${token}`);
    const answer = await timed(request);
    if (answer.status !== 401) return answer;
    again.headers.set("Authorization", `Bearer ${await keeper.renew(token)}`);
    return timed(again);
  };
}

/** The server's API as the signed-in person. */
export const api: ApiClient = createApiClient({
  baseUrl: location.origin,
  fetch: authorisedBy(tokens),
});

/** The server's API as nobody: sign-in and what is public. */
export const publicApi: ApiClient = createApiClient({ baseUrl: location.origin, fetch: timed });

/** The data of an answer; throws `ApiError` for everything else. */
export async function call<T>(
  answer: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<T> {
  try {
    const { data, error, response } = await answer;
    if (!response.ok) throw problemOf(response, error);
    return data as T;
  } catch (thrown) {
    throw toApiError(thrown);
  }
}
