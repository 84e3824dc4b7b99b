import type { StoredFile } from "./types";

/** How long a request may take before the network counts as gone. */
const TIMEOUT = 20_000;
/** Uploads move much more; progress is shown, so waiting is honest. */
const UPLOAD_TIMEOUT = 180_000;

/** A refused or failed request. `status` 0: no answer came at all. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code = "",
    /** Milliseconds the server asked us to wait. */
    readonly retryAfter = 0,
  ) {
    super(`${status} ${code}`);
  }

  /** Whether the same request may succeed later. Everything else needs a person or another request. */
  get passing(): boolean {
    const { status, code } = this;
    // Two tabs may race with one key; only a different body under that key stays wrong.
    if (status === 409) return code !== "idempotency_mismatch";
    return status === 0 || status === 408 || status === 425 || status === 429 || status >= 500;
  }
}

const retryAfter = (value: string | null): number => {
  const seconds = Number(value);
  return seconds > 0 ? Math.min(seconds, 300) * 1000 : 0;
};

const codeOf = (text: string): string => {
  try {
    return String((JSON.parse(text) as { code?: unknown }).code ?? "");
  } catch {
    return "";
  }
};

/** The widget's HTTP door. Its base comes from the script's own address and from nowhere else. */
export class Api {
  token = "";

  constructor(private readonly base: string) {}

  get #bearer(): Record<string, string> {
    return this.token ? { Authorization: `Bearer ${this.token}` } : {};
  }

  async json<T>(
    method: "GET" | "POST",
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<T> {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), TIMEOUT);
    try {
      const init: RequestInit = {
        method,
        credentials: "omit",
        signal: abort.signal,
        headers: { ...this.#bearer, ...headers },
      };
      if (body !== undefined) {
        init.headers = { ...init.headers, "Content-Type": "application/json" };
        init.body = JSON.stringify(body);
      }
      const answer = await fetch(this.base + path, init);
      const text = await answer.text();
      if (!answer.ok) {
        const wait = retryAfter(answer.headers.get("Retry-After"));
        throw new ApiError(answer.status, codeOf(text), wait);
      }
      return JSON.parse(text) as T;
    } catch (error) {
      // A broken body with 200 (a captive portal, a proxy) is as good as no answer.
      throw error instanceof ApiError ? error : new ApiError(0);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Uploads a file, telling the share that has left. `fetch` cannot tell that, hence XMLHttpRequest. */
  upload(file: File, progress: (share: number) => void): Promise<StoredFile> {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("POST", `${this.base}/widget/files`);
      request.timeout = UPLOAD_TIMEOUT;
      for (const [name, value] of Object.entries(this.#bearer))
        request.setRequestHeader(name, value);
      request.upload.onprogress = (event) => {
        if (event.lengthComputable) progress(event.loaded / event.total);
      };
      request.onerror = request.ontimeout = request.onabort = () => reject(new ApiError(0));
      request.onload = () => {
        const { status, responseText } = request;
        if (status < 200 || status > 299) {
          const wait = retryAfter(request.getResponseHeader("Retry-After"));
          reject(new ApiError(status, codeOf(responseText), wait));
          return;
        }
        try {
          resolve((JSON.parse(responseText) as { file: StoredFile }).file);
        } catch {
          reject(new ApiError(0));
        }
      };
      const form = new FormData();
      form.append("file", file, file.name);
      request.send(form);
    });
  }
}
