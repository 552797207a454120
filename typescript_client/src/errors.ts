/**
 * What the server refuses, in its own words. `status` is that of the answer, `body` all that it said.
 * `status` is 0 where there was no answer; `cause` says why.
 */
export class ImgoptError extends Error {
  override name = "ImgoptError";
  readonly status: number;
  readonly body: unknown;

  constructor(message: string, status: number, body: unknown, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
    this.body = body;
  }
}

/** Reads an error answer. */
export async function errorOf(answer: Response): Promise<ImgoptError> {
  const body: unknown = await answer.json().catch(() => null);
  return new ImgoptError(detailOf(body) ?? `The server answers ${answer.status}.`, answer.status, body);
}

function detailOf(body: unknown): string | undefined {
  const detail = (body as { detail?: unknown } | null)?.detail;
  if (typeof detail === "string") return detail;
  return Array.isArray(detail) ? detail.map(describePlace).join("; ") : undefined;
}

/** An invalid field of a request. */
function describePlace(error: { loc?: unknown[]; msg?: string } | null): string {
  const where = (error?.loc ?? []).filter((part) => part !== "body" && part !== "settings").join(".");
  const message = String(error?.msg ?? error).replace(/^Value error, /, "");
  return where ? `${where}: ${message}` : message;
}
