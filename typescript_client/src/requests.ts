import { errorOf, ImgoptError } from "./errors.ts";

const BUSY = [429, 502, 503, 504];
const PAUSES_MS = [500, 1000, 2000];
const LONGEST_WAIT_MS = 60_000;
const GUEST_HEADER = "X-Session-Token";
const UNEXPECTED = "The server's answer is not understood. Is this the address of an imgopt server?";

export interface Connection {
  /** The server's URL, such as `https://images.example.com`. */
  server: string;
  /** An API key. Without one the program is a guest with a guest's credits. */
  apiKey?: string | undefined;
  /** A replacement for `fetch`, for tests and for runtimes without a global one. */
  fetch?: typeof globalThis.fetch | undefined;
}

/** Sends requests as one user or guest. Repeats them if the server is busy or can't be reached; all are repeatable. */
export class Requests {
  private readonly server: string;
  private readonly apiKey: string | undefined;
  private readonly fetch: typeof globalThis.fetch;
  private guest: string | undefined;
  private firstUpload: Promise<unknown> | undefined;

  /** Throws TypeError if the URL or the key is not valid. The message does not contain the key. */
  constructor(connection: Connection) {
    this.server = new URL(connection.server).href.replace(/\/+$/, "");
    this.apiKey = connection.apiKey?.trim();
    if (this.apiKey && !/^[\x21-\x7e]+$/.test(this.apiKey)) {
      throw new TypeError("apiKey holds characters that no key has.");
    }
    this.fetch = connection.fetch ?? ((input, init) => globalThis.fetch(input, init));
  }

  /**
   * Around each upload. The first one of a guest goes alone: it makes the guest that the others belong to.
   * A guest that the server has forgotten is replaced by a new one.
   */
  async asOneGuest<Body extends { session_token?: string | null }>(upload: () => Promise<Body>): Promise<Body> {
    while (!this.isKnown() && this.firstUpload) await this.firstUpload.catch(() => undefined);
    const sent = this.remember(upload);
    if (!this.isKnown()) this.firstUpload = sent;
    try {
      return await sent;
    } catch (error) {
      if (!this.forget(error)) throw error;
      return await this.asOneGuest(upload);
    } finally {
      if (this.firstUpload === sent) this.firstUpload = undefined;
    }
  }

  /** The session token of a new guest. */
  adopt(token: string | null | undefined): void {
    if (token) this.guest = token;
  }

  async json<Body>(method: string, path: string, request: RequestInit = {}): Promise<Body> {
    const answer = await this.send(method, path, request);
    return answer.json().catch((cause: unknown) => {
      throw new ImgoptError(UNEXPECTED, answer.status, null, { cause });
    }) as Promise<Body>;
  }

  /** Sends a request. Throws ImgoptError if the answer is an error, or there is none. */
  async send(method: string, path: string, request: RequestInit = {}): Promise<Response> {
    const url = this.server + path;
    return this.repeat(url, () => {
      const headers = { ...(request.headers as Record<string, string> | undefined), ...this.credentials() };
      return this.fetch(url, { ...request, method, headers });
    }, request.signal);
  }

  /** Sends a request without credentials, such as a form to the storage. */
  async post(url: string, body: FormData, signal?: AbortSignal | null): Promise<Response> {
    return this.repeat(url, () => this.fetch(url, { method: "POST", body, signal: signal ?? null }), signal);
  }

  private async repeat(url: string, send: () => Promise<Response>, signal?: AbortSignal | null): Promise<Response> {
    for (let attempt = 0; ; attempt += 1) {
      const answer = await send().catch((error: unknown) => unreachable(url, error, signal));
      if (answer instanceof Response && answer.ok) return answer;
      const pause = answer instanceof Response ? pauseAfter(answer, attempt) : PAUSES_MS[attempt];
      if (pause === undefined) throw answer instanceof Response ? await errorOf(answer) : answer;
      if (answer instanceof Response) await answer.body?.cancel();
      await sleep(pause, signal);
    }
  }

  private isKnown(): boolean {
    return this.apiKey !== undefined || this.guest !== undefined;
  }

  private async remember<Body extends { session_token?: string | null }>(upload: () => Promise<Body>): Promise<Body> {
    const body = await upload();
    this.adopt(body.session_token);
    return body;
  }

  private forget(error: unknown): boolean {
    if (!this.guest || !(error instanceof ImgoptError) || error.status !== 401) return false;
    this.guest = undefined;
    return true;
  }

  private credentials(): Record<string, string> {
    if (this.apiKey) return { Authorization: `Bearer ${this.apiKey}` };
    return this.guest ? { [GUEST_HEADER]: this.guest } : {};
  }
}

/** The error for a failed request, without path and query, which may contain signatures. An abort is thrown unchanged. */
function unreachable(url: string, cause: unknown, signal?: AbortSignal | null): ImgoptError {
  if (signal?.aborted) throw cause;
  return new ImgoptError(`${new URL(url).origin} can't be reached.`, 0, null, { cause });
}

/** The milliseconds to wait. Undefined if a retry is useless, as for a 429 about credits. */
function pauseAfter(answer: Response, attempt: number): number | undefined {
  const asked = Number(answer.headers.get("Retry-After") ?? Number.NaN) * 1000;
  const pause = Number.isFinite(asked) ? asked : PAUSES_MS[attempt];
  const helps = BUSY.includes(answer.status) && attempt < PAUSES_MS.length;
  return helps && pause !== undefined && pause <= LONGEST_WAIT_MS ? pause : undefined;
}

/** Waits. Rejects as soon as the signal is aborted. */
export function sleep(milliseconds: number, signal?: AbortSignal | null): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const abort = () => (clearTimeout(timer), reject(signal?.reason));
    const timer = setTimeout(() => (signal?.removeEventListener("abort", abort), resolve()), milliseconds);
    signal?.addEventListener("abort", abort, { once: true });
  });
}
