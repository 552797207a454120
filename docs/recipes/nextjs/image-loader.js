"use client";

import images from "./image-list.js";

/** The file that is just as wide as asked or wider; the widest where none is. */
export default function imageFile({ src, width }) {
  const image = images[src];
  if (!image) throw new Error(`images/${src} is not in image-list.js: run "npm run images".`);
  const chosen = image.widths.find((each) => each >= width) ?? image.widths.at(-1);
  return `/images/${image.stem}-${chosen}.webp`;
}
