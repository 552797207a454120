/** What the server refuses, in its own words. `status` is that of the answer, `body` all that it said. */
export class ImgoptError extends Error {
  override name = "ImgoptError";
  readonly status: number;
  readonly body: unknown;

  constructor(message: string, status: number, body: unknown) {
    super(message);
    this.status = status;
    this.body = body;
  }
}

/** Reads an answer that is no success. */
export async function errorOf(answer: Response): Promise<ImgoptError> {
  const body: unknown = await answer.json().catch(() => null);
  return new ImgoptError(detailOf(body) ?? `The server answers ${answer.status}.`, answer.status, body);
}

function detailOf(body: unknown): string | undefined {
  const detail = (body as { detail?: unknown } | null)?.detail;
  if (typeof detail === "string") return detail;
  if (Array.isArray(detail)) return detail.map((each) => String(each?.msg ?? each)).join("; ");
  return undefined;
}
