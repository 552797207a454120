/** Bytes, a file, a stream of bytes, or an http(s) URL that the server fetches. */
export type Image =
  | Blob
  | ArrayBuffer
  | ArrayBufferView
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>
  | URL;

/** The image as a Blob or URL. Streams are read completely, for retries. Throws TypeError for other types, such as a path. */
export async function blobOf(image: Exclude<Image, URL>): Promise<Blob> {
  if (image instanceof Blob) return image;
  if (image instanceof ArrayBuffer || ArrayBuffer.isView(image)) return new Blob([image as BlobPart]);
  if (image instanceof ReadableStream) return new Response(image).blob();
  if (typeof image === "object" && image !== null && Symbol.asyncIterator in image) return collect(image);
  throw new TypeError("An image is a File, a Blob, bytes, a stream, or a URL object, and no name of a file.");
}

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Blob> {
  const parts: BlobPart[] = [];
  for await (const piece of pieces) parts.push(piece as BlobPart);
  return new Blob(parts);
}
