import type { components } from "./api.ts";
import { ImgoptError } from "./errors.ts";
import { type Connection, Requests, sleep } from "./requests.ts";

export { ImgoptError, type Connection };

type Schemas = components["schemas"];
export type Settings = Partial<Schemas["ProcessingSettings"]>;
export type Job = Schemas["JobResponse"];
export type Quote = Schemas["QuoteResponse"];
/** Bytes, a file, or an http(s) address that the server fetches. */
export type Image = Blob | Uint8Array<ArrayBuffer> | ArrayBuffer | URL;

export interface Options {
  /** What bytes are called; the result is named after it. A `File` has a name of its own. */
  fileName?: string;
  /** Ends the wait. A job that was asked for goes on at the server. */
  signal?: AbortSignal;
}

const FIRST_INTERVAL_MS = 100;
const LONGEST_INTERVAL_MS = 2000;
const INTERVAL_GROWTH = 1.3;

/** A finished job, and the way to its file. */
export class OptimizedImage {
  readonly job: Job;
  /** Settings that had no effect. */
  readonly warnings: string[];
  private readonly requests: Requests;

  constructor(job: Job, warnings: string[], requests: Requests) {
    this.job = job;
    this.warnings = warnings;
    this.requests = requests;
  }

  /** The file as it comes. */
  async download(signal?: AbortSignal): Promise<Response> {
    return this.requests.send("GET", `/download/${this.job.id}`, signal ? { signal } : {});
  }

  async bytes(signal?: AbortSignal): Promise<Uint8Array> {
    return new Uint8Array(await (await this.download(signal)).arrayBuffer());
  }
}

/** The service for programs: one call for an image. All calls throw ImgoptError for what the server refuses. */
export class Imgopt {
  private readonly requests: Requests;

  constructor(connection: Connection) {
    this.requests = new Requests(connection);
  }

  /** Waits until it is done. Throws with the job's own reason where it fails. */
  async optimize(image: Image, settings: Settings = {}, options: Options = {}): Promise<OptimizedImage> {
    const asked = await this.ask(image, settings, options);
    // Not sent again: it may have been accepted, and would be paid for twice.
    const answer = await this.requests.json<Schemas["ProcessFilesResponse"]>("POST", "/auto", {
      ...asked,
      repeatable: false,
    });
    const [accepted] = answer.jobs;
    const job = await this.wait(accepted!.id, options.signal);
    return new OptimizedImage(job, answer.warnings ?? [], this.requests);
  }

  /** What `optimize` would take: credits exactly, bytes about. The image is uploaded, and nothing is charged. */
  async quote(image: Image, settings: Settings = {}, options: Options = {}): Promise<Quote> {
    return this.requests.json<Quote>("POST", "/quote", await this.ask(image, settings, options));
  }

  private async ask(image: Image, settings: Settings, options: Options): Promise<RequestInit> {
    const { temp_file_id } = await this.upload(image, options);
    return bodyOf({ temp_file_ids: [temp_file_id], settings }, options);
  }

  private async upload(image: Image, options: Options): Promise<Schemas["TempFileResponse"]> {
    const [path, request]: [string, RequestInit] =
      image instanceof URL
        ? ["/upload/url", bodyOf({ url: image.href }, options)]
        : ["/upload", { ...signalOf(options), body: formOf(image, options) }];
    const upload = await this.requests.json<Schemas["TempFileResponse"]>("POST", path, request);
    this.requests.remember(upload.session_token);
    return upload;
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

function formOf(image: Exclude<Image, URL>, options: Options): FormData {
  const form = new FormData();
  const name = options.fileName ?? (image instanceof File ? image.name : "image");
  form.set("file", image instanceof Blob ? image : new Blob([image]), name);
  return form;
}

function bodyOf(body: unknown, options: Options): RequestInit {
  return { ...signalOf(options), body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
}

function signalOf({ signal }: { signal?: AbortSignal | undefined }): RequestInit {
  return signal ? { signal } : {};
}
