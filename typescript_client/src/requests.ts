import { errorOf } from "./errors.ts";

const BUSY = [429, 502, 503, 504];
const PAUSES_MS = [500, 1000, 2000];
const LONGEST_WAIT_MS = 60_000;
const GUEST_HEADER = "X-Session-Token";

export interface Connection {
  /** The server's address, such as `https://images.example.com`. */
  server: string;
  /** Without a key the program is a guest, with a guest's credits. */
  apiKey?: string;
  /** For tests and for runtimes without a global `fetch`. */
  fetch?: typeof globalThis.fetch;
}

export interface Request extends RequestInit {
  /** Whether it may be sent again where the first one may have been carried out. */
  repeatable?: boolean;
}

/** Sends requests as one user or guest, again where the server is busy. */
export class Requests {
  private readonly connection: Connection;
  private guest: string | undefined;

  constructor(connection: Connection) {
    this.connection = connection;
  }

  /** The token that a new guest is given by its first upload. */
  remember(token: string | null | undefined): void {
    if (token) this.guest = token;
  }

  async json<Body>(method: string, path: string, request: Request = {}): Promise<Body> {
    return (await this.send(method, path, request)).json() as Promise<Body>;
  }

  /** Throws ImgoptError where the answer is no success. */
  async send(method: string, path: string, { repeatable = true, ...request }: Request = {}): Promise<Response> {
    const send = this.connection.fetch ?? globalThis.fetch;
    for (let attempt = 0; ; attempt += 1) {
      const headers = { ...(request.headers as Record<string, string> | undefined), ...this.credentials() };
      const answer = await send(this.connection.server.replace(/\/$/, "") + path, { ...request, method, headers });
      if (answer.ok) return answer;
      const pause = pauseAfter(answer, attempt);
      if (pause === undefined || !repeatable) throw await errorOf(answer);
      await answer.body?.cancel();
      await sleep(pause, request.signal);
    }
  }

  private credentials(): Record<string, string> {
    if (this.connection.apiKey) return { Authorization: `Bearer ${this.connection.apiKey}` };
    return this.guest ? { [GUEST_HEADER]: this.guest } : {};
  }
}

/** Milliseconds; undefined where it is no use to wait. Out of credits comes as 429, for a day. */
function pauseAfter(answer: Response, attempt: number): number | undefined {
  const asked = Number(answer.headers.get("Retry-After") ?? Number.NaN) * 1000;
  const pause = Number.isFinite(asked) ? asked : PAUSES_MS[attempt];
  const helps = BUSY.includes(answer.status) && attempt < PAUSES_MS.length;
  return helps && pause !== undefined && pause <= LONGEST_WAIT_MS ? pause : undefined;
}

/** Rejects as soon as the signal is aborted. */
export function sleep(milliseconds: number, signal?: AbortSignal | null): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener("abort", () => (clearTimeout(timer), reject(signal.reason)), { once: true });
  });
}
