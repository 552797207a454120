import { createHmac } from "node:crypto";

const { NEXT_PUBLIC_IMGOPT_SERVER: server, IMGOPT_URL_KEY: key, IMGOPT_URL_SALT: salt } = process.env;

/** `options` are those of image URLs, such as "rs:fill:0:300" or "pr:thumb". */
export default function signedAddress(src, ...options) {
  const path = ["", ...options.filter(Boolean), Buffer.from(src).toString("base64url")].join("/");
  const signature = createHmac("sha256", Buffer.from(key, "hex")).update(Buffer.from(salt, "hex")).update(path);
  return `${server}/img/${signature.digest("base64url")}${path}`;
}
