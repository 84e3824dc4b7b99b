import { type ApiClient, createApiClient } from "@omnisupport/api-client";
import { endSession, saveSession, sessionStore } from "../session/session";
import { Tokens } from "../session/tokens";
import { problemOf, toApiError } from "./problem";
import type { TokenPair } from "./types";

const TIMEOUT_MS = 20_000;

/** The access tokens of this tab. */
export const tokens = new Tokens({
  load: () => sessionStore.get(),
  save: saveSession,
  end: () => endSession("expired"),
  now: () => Date.now(),
  request: async (refresh_token) => {
    const answer = await timed(
      new Request(new URL("/api/v1/auth/refresh", location.origin), {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ refresh_token }),
      }),
    );
    const body: unknown = await answer.json().catch(() => null);
    if (!answer.ok) throw problemOf(answer, body);
    return body as TokenPair;
  },
});

function timed(request: Request): Promise<Response> {
  return fetch(request, {
    signal: AbortSignal.any([request.signal, AbortSignal.timeout(TIMEOUT_MS)]),
  });
}

/** Sends with the current token; where the server refuses it, once more with a new one. */
async function authorisedFetch(request: Request): Promise<Response> {
  const token = await tokens.fresh();
  if (token === null) return timed(request);
  const again = request.clone();
  request.headers.set("Authorization", `Bearer ${token}`);
  const answer = await timed(request);
  if (answer.status !== 401) return answer;
  again.headers.set("Authorization", `Bearer ${await tokens.renew(token)}`);
  return timed(again);
}

/** The server's API as the signed-in person. */
export const api: ApiClient = createApiClient({
  baseUrl: location.origin,
  fetch: authorisedFetch,
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
