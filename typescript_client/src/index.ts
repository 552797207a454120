import type { components } from "./api.ts";
import { ImgoptError } from "./errors.ts";
import { blobOf, type Image } from "./images.ts";
import { type Connection, Requests, sleep } from "./requests.ts";

export { ImgoptError, type Connection, type Image };

type Schemas = components["schemas"];
export type Settings = Partial<Schemas["ProcessingSettings"]>;
export type Job = Schemas["JobResponse"];
export type Quote = Schemas["QuoteResponse"];
type Upload = Schemas["TempFileResponse"];

export interface Options {
  /** The file name for bytes; the result is named after it. A `File` has its own name. */
  fileName?: string | undefined;
  /** Aborts waiting. A job that was submitted continues on the server. */
  signal?: AbortSignal | undefined;
}

const FIRST_INTERVAL_MS = 100;
const LONGEST_INTERVAL_MS = 2000;
const INTERVAL_GROWTH = 1.3;
/** Files with more bytes are uploaded directly to the storage, if the server offers that. */
const PRESIGN_ABOVE = 4_000_000;
const TOO_LARGE = 413;
const NOT_OFFERED = [404, 405, 501];

/** A completed job, whose file can be downloaded. */
export class OptimizedImage {
  readonly job: Job;
  /** Sentences about settings that had no effect. */
  readonly warnings: string[];
  private readonly requests: Requests;

  constructor(job: Job, warnings: string[], requests: Requests) {
    this.job = job;
    this.warnings = warnings;
    this.requests = requests;
  }

  /** The file as a stream. */
  async download(signal?: AbortSignal): Promise<Response> {
    return this.requests.send("GET", `/download/${this.job.id}`, signal ? { signal } : {});
  }

  async bytes(signal?: AbortSignal): Promise<Uint8Array> {
    return new Uint8Array(await (await this.download(signal)).arrayBuffer());
  }
}

/** The client: one call optimizes one image. All methods throw ImgoptError for errors of the server. */
export class Imgopt {
  private readonly requests: Requests;

  constructor(connection: Connection) {
    this.requests = new Requests(connection);
  }

  /** Optimizes an image, and returns when its job is completed. Throws ImgoptError with the reason if the job fails. */
  async optimize(image: Image, settings: Settings = {}, options: Options = {}): Promise<OptimizedImage> {
    const { temp_file_id } = await this.upload(image, options);
    const request = bodyOf({ temp_file_ids: [temp_file_id], settings }, options);
    // The idempotency key: the server charges a repeated request only once.
    request.headers = { ...request.headers, "Idempotency-Key": temp_file_id };
    const answer = await this.requests.json<Schemas["ProcessFilesResponse"]>("POST", "/auto", request);
    const [accepted] = answer.jobs;
    const job = await this.wait(accepted!.id, options.signal);
    return new OptimizedImage(job, answer.warnings ?? [], this.requests);
  }

  /** The price of `optimize` in credits, and the estimated bytes. The image is uploaded, but nothing is charged. */
  async quote(image: Image, settings: Settings = {}, options: Options = {}): Promise<Quote> {
    const { temp_file_id } = await this.upload(image, options);
    const asked = bodyOf({ temp_file_ids: [temp_file_id], settings }, options);
    return this.requests.json<Quote>("POST", "/quote", asked);
  }

  private async upload(image: Image, options: Options): Promise<Upload> {
    if (image instanceof URL) {
      const asked = bodyOf({ url: image.href }, options);
      return this.requests.asOneGuest(() => this.requests.json<Upload>("POST", "/upload/url", asked));
    }
    const blob = await blobOf(image);
    const name = options.fileName ?? (blob instanceof File ? blob.name : "image");
    return this.requests.asOneGuest(() => this.send(blob, name, options));
  }

  private async send(blob: Blob, name: string, options: Options): Promise<Upload> {
    const form = new FormData();
    form.set("file", blob, name);
    const direct = blob.size > PRESIGN_ABOVE ? await this.sendToStorage(blob, name, options) : undefined;
    if (direct) return direct;
    try {
      return await this.requests.json<Upload>("POST", "/upload", { ...signalOf(options), body: form });
    } catch (error) {
      if (!hasStatus(error, [TOO_LARGE]) || blob.size > PRESIGN_ABOVE) throw error;
      const stored = await this.sendToStorage(blob, name, options);
      if (!stored) throw error;
      return stored;
    }
  }

  /** Uploads directly to the storage. Undefined if the server does not offer it. The storage ignores fields after the file. */
  private async sendToStorage(blob: Blob, name: string, options: Options): Promise<Upload | undefined> {
    const type = blob.type || "application/octet-stream";
    const about = bodyOf({ filename: name, size: blob.size, content_type: type }, options);
    const granted = this.requests.json<Schemas["PresignResponse"]>("POST", "/upload/presign", about);
    const presigned = await granted.catch((error: unknown) => {
      if (hasStatus(error, NOT_OFFERED)) return undefined;
      throw error;
    });
    if (!presigned) return undefined;
    const form = new FormData();
    for (const [field, value] of Object.entries(presigned.fields)) form.set(field, value);
    form.set("file", new Blob([blob], { type }), name);
    await this.requests.post(presigned.url, form, options.signal);
    this.requests.adopt(presigned.session_token);
    return this.requests.json<Upload>("POST", "/upload/complete", bodyOf({ upload_id: presigned.upload_id }, options));
  }

  private async wait(id: string, signal?: AbortSignal): Promise<Job> {
    for (let interval = FIRST_INTERVAL_MS; ; interval = Math.min(interval * INTERVAL_GROWTH, LONGEST_INTERVAL_MS)) {
      const { job } = await this.requests.json<Schemas["StatusResponse"]>("GET", `/status/${id}`, signalOf({ signal }));
      if (job.status === "completed") return job;
      if (job.status === "failed" || job.status === "expired") {
        throw new ImgoptError(job.error_message ?? `The job is ${job.status}.`, 200, job);
      }
      await sleep(interval, signal);
    }
  }
}

function hasStatus(error: unknown, statuses: number[]): boolean {
  return error instanceof ImgoptError && statuses.includes(error.status);
}

function bodyOf(body: unknown, options: Options): RequestInit {
  return { ...signalOf(options), body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
}

function signalOf({ signal }: { signal?: AbortSignal | undefined }): RequestInit {
  return signal ? { signal } : {};
}
