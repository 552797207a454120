"use client";

import widths from "./image-widths.mjs";

const server = process.env.NEXT_PUBLIC_IMGOPT_SERVER;

/** The address of the preset that is just as wide as asked or wider, of the widest where none is. */
export default function imageAddress({ src, width }) {
  const chosen = widths.find((each) => each >= width) ?? widths.at(-1);
  return `${server}/img/_/pr:w${chosen}/plain/${encodeURIComponent(src)}`;
}
