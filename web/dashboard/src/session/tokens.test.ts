import { beforeEach, describe, expect, it } from "vitest";
import { ApiError } from "../api/problem";
import type { TokenPair, User } from "../api/types";
import { type Session, sessionOf, Tokens } from "./tokens";

const user = { id: "anna" } as User;

let session: Session | null;
let now: number;
let ended: string[];
let answers: (() => Promise<TokenPair>)[];
let used: string[];
let tokens: Tokens<Session, TokenPair>;

const pair = (n: number): TokenPair => ({
  access_token: `access-${n}`,
  refresh_token: `refresh-${n}`,
  token_type: "bearer",
  expires_in: 900,
  user,
});

beforeEach(() => {
  now = 0;
  ended = [];
  used = [];
  answers = [];
  session = sessionOf(pair(1), now, "tab");
  tokens = new Tokens({
    load: () => session,
    save: (next) => {
      session = next;
    },
    goOn: ({ id }, pair) => sessionOf(pair, now, id),
    end: ({ code }) => {
      ended.push(code);
      session = null;
    },
    now: () => now,
    request: (refreshToken) => {
      used.push(refreshToken);
      const answer = answers.shift();
      return answer === undefined ? Promise.resolve(pair(used.length + 1)) : answer();
    },
  });
});

describe("fresh", () => {
  it("hands out the token while it lasts", async () => {
    now = 800_000;
    expect(await tokens.fresh()).toBe("access-1");
    expect(used).toEqual([]);
  });

  it("renews shortly before its end, once for all who ask", async () => {
    now = 880_000;
    const all = await Promise.all([tokens.fresh(), tokens.fresh(), tokens.renew("access-1")]);
    expect(all).toEqual(["access-2", "access-2", "access-2"]);
    expect(used).toEqual(["refresh-1"]);
    expect(session?.id).toBe("tab");
  });

  it("has nothing where nobody is signed in", async () => {
    session = null;
    expect(await tokens.fresh()).toBeNull();
  });
});

describe("renew", () => {
  it("does not use a refresh token twice for the same refused token", async () => {
    await tokens.renew("access-1");
    expect(await tokens.renew("access-1")).toBe("access-2");
    expect(used).toEqual(["refresh-1"]);
  });

  it("ends the session when the server refuses", async () => {
    answers = [() => Promise.reject(new ApiError({ status: 401, code: "token_reused" }))];
    await expect(tokens.renew("access-1")).rejects.toThrow();
    expect(ended).toEqual(["token_reused"]);
  });

  it("keeps the session when the server cannot be reached, and tries again later", async () => {
    answers = [() => Promise.reject(new TypeError("fetch failed"))];
    await expect(tokens.renew("access-1")).rejects.toMatchObject({ code: "network" });
    expect(ended).toEqual([]);
    expect(await tokens.renew("access-1")).toBe("access-3");
  });

  it("does not bring back somebody who signed out meanwhile", async () => {
    answers = [
      async () => {
        session = null;
        return pair(2);
      },
    ];
    await expect(tokens.renew("access-1")).rejects.toThrow();
    expect(session).toBeNull();
  });
});
