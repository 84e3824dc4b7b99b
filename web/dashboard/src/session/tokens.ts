import { type ApiError, toApiError } from "../api/problem";
import type { TokenPair, User } from "../api/types";

/** A pair of tokens in this tab. */
export interface HeldTokens {
  access_token: string;
  refresh_token: string;
  /** Milliseconds of this computer's clock. */
  expires_at: number;
}

/** A signed-in person in this tab. */
export interface Session extends HeldTokens {
  /** Names this sign-in of this tab; stays while tokens change. */
  id: string;
  user: User;
}

/** A pair as the server hands it out. */
type Pair = Pick<TokenPair, "access_token" | "refresh_token" | "expires_in">;

/** What the token keeper needs from outside. */
export interface TokenPort<S extends HeldTokens, P extends Pair> {
  load(): S | null;
  save(session: S): void;
  /** The session that goes on with a new pair. */
  goOn(session: S, pair: P): S;
  /** The server no longer knows this session. */
  end(error: ApiError): void;
  request(refreshToken: string): Promise<P>;
  now(): number;
}

/** A token this close to its end is renewed before use. */
const MARGIN_MS = 30_000;

/**
 * Hands out access tokens. A refresh token works once, and using it twice ends the session,
 * so all who need a new one at the same time share a single request.
 */
export class Tokens<S extends HeldTokens, P extends Pair> {
  readonly #port: TokenPort<S, P>;
  #renewal: Promise<string> | null = null;

  constructor(port: TokenPort<S, P>) {
    this.#port = port;
  }

  /** A token that will be accepted for a while, or `null` where nobody is signed in. */
  async fresh(): Promise<string | null> {
    const session = this.#port.load();
    if (session === null) return null;
    if (session.expires_at - this.#port.now() > MARGIN_MS) return session.access_token;
    return this.renew(session.access_token);
  }

  /** Replaces `stale`, unless somebody already did. */
  async renew(stale: string): Promise<string> {
    if (this.#renewal !== null) return this.#renewal;
    const session = this.#port.load();
    if (session !== null && session.access_token !== stale) return session.access_token;
    this.#renewal = this.#request(session).finally(() => {
      this.#renewal = null;
    });
    return this.#renewal;
  }

  async #request(session: S | null): Promise<string> {
    if (session === null) throw new Error("nobody is signed in");
    try {
      const pair = await this.#port.request(session.refresh_token);
      // Signed out, or in as somebody else, while the answer was on its way.
      if (this.#port.load()?.refresh_token !== session.refresh_token) throw new Error("superseded");
      this.#port.save(this.#port.goOn(session, pair));
      return pair.access_token;
    } catch (thrown) {
      const error = toApiError(thrown);
      if (error.status >= 400 && error.status < 500 && error.status !== 429) this.#port.end(error);
      throw error;
    }
  }
}

export function held(pair: Pair, now: number): HeldTokens {
  return {
    access_token: pair.access_token,
    refresh_token: pair.refresh_token,
    expires_at: now + pair.expires_in * 1000,
  };
}

export function sessionOf(pair: TokenPair, now: number, id: string): Session {
  return { id, ...held(pair, now), user: pair.user };
}
