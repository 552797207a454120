// Draws an SVG at a width and height in pixels: FILE WIDTH HEIGHT. Prints its pixels: red, green, blue, alpha.
import { createRequire } from "node:module";

const require = createRequire(`${process.env.PEERS}/`);
const sharp = require("sharp");
const [file, width, height] = process.argv.slice(2);
try {
  const own = await sharp(file).metadata();
  const density = Math.min(2400, Math.max(1, (72 * Number(width)) / own.width));
  const pixels = await sharp(file, { density, unlimited: true })
    .resize(Number(width), Number(height), { fit: "fill" })
    .ensureAlpha()
    .raw()
    .toBuffer();
  process.stdout.write(pixels);
} catch (error) {
  console.error(error.message.replaceAll("\n", " "));
  process.exitCode = 1;
}
