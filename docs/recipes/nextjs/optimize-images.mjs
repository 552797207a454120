// Makes public/images/NAME-WIDTH.webp of all that is in images/, and image-list.js, which says what there is.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { parse, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Imgopt } from "imgopt-client";
import widths from "./image-widths.mjs";

const IMAGES = /\.(jpe?g|png|webp|avif|gif|heic|tiff?)$/i;
const SETTINGS = {
  output_format: "webp",
  output_resize_behavior: "fit", // never larger than the original
  outputs: widths.map((output_width) => ({ output_width })),
};
const server = process.env.IMGOPT_SERVER ?? "http://127.0.0.1:8080";
const apiKey = process.env.IMGOPT_API_KEY;
const imgopt = new Imgopt({ server, apiKey });
const list = resolve("image-list.js");

/** Writes the files, and tells what they are. */
async function optimize(name, data, hash) {
  const { job, warnings } = await imgopt.optimize(data, SETTINGS, { fileName: name });
  const { name: stem } = parse(name);
  // Where the original is narrower than a width, several results are the same.
  const results = new Map(job.outputs.map((output) => [output.processed_width, output]));
  for (const [width, output] of results) {
    const headers = apiKey ? { Authorization: `Bearer ${apiKey}` } : {};
    const answer = await fetch(server + output.download_url, { headers });
    if (!answer.ok) throw new Error(`${name}: ${answer.status} ${await answer.text()}`);
    await writeFile(`public/images/${stem}-${width}.webp`, Buffer.from(await answer.arrayBuffer()));
  }
  for (const warning of [...warnings, job.warning].filter(Boolean)) console.warn(`${name}: ${warning}`);
  const { processed_width: width, processed_height: height } = job.outputs.at(-1);
  return { stem, width, height, widths: [...results.keys()].sort((one, other) => one - other), hash };
}

function isMade(image, hash) {
  return image?.hash === hash && image.widths.every((width) => existsSync(`public/images/${image.stem}-${width}.webp`));
}

await mkdir("public/images", { recursive: true });
const names = (await readdir("images")).filter((name) => IMAGES.test(name)).sort();
const before = existsSync(list) ? (await import(pathToFileURL(list))).default : {};
const images = {};
for (const name of names) {
  const same = names.find((other) => other !== name && parse(other).name === parse(name).name);
  if (same) throw new Error(`${name} and ${same} would have results of the same name.`);
  const data = await readFile(`images/${name}`);
  const hash = createHash("sha256").update(data).update(JSON.stringify(SETTINGS)).digest("hex");
  images[name] = isMade(before[name], hash) ? before[name] : await optimize(name, data, hash);
  console.log(`${name}: ${images[name].widths.join(", ")}`);
  await writeFile(list, `export default ${JSON.stringify({ ...before, ...images }, null, 2)};\n`);
}
await writeFile(list, `export default ${JSON.stringify(images, null, 2)};\n`);
