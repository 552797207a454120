// Encodes one image with sharp at several qualities. The argument is JSON:
// {input, format, options, qualities, folder, flat, animated, fixed, repeats}; where fixed, qualities are only names:
// sharp's PNG would take a quality for the wish for a palette.
// Prints a line per quality: {quality, file, seconds}; seconds are CPU time, the median of the repeats, from pixels.
import {createRequire} from 'node:module';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';

const sharp = createRequire(join(process.env.PEERS, 'package.json'))('sharp');
sharp.concurrency(1);
sharp.cache(false);

const asked = JSON.parse(process.argv[2]);

async function pixels() {
  const image = sharp(asked.input);
  if (asked.flat) image.flatten({background: '#ffffff'});
  const {data, info} = await image.raw().toBuffer({resolveWithObject: true});
  return [data, {raw: {width: info.width, height: info.height, channels: info.channels}}];
}

// An animation's frames can't be passed on as pixels with their delays: its decoding is part of its time.
const source = asked.animated ? [asked.input, {animated: true}] : await pixels();

async function encode(quality) {
  const options = asked.fixed ? asked.options : {...asked.options, quality};
  const began = process.cpuUsage();
  const data = await sharp(...source).toFormat(asked.format, options).toBuffer();
  const {user, system} = process.cpuUsage(began);
  return {data, seconds: (user + system) / 1e6};
}

await encode(asked.qualities[0]); // the first one pays for loading
for (const quality of asked.qualities) {
  const runs = [];
  for (let run = 0; run < asked.repeats; run++) runs.push(await encode(quality));
  runs.sort((one, other) => one.seconds - other.seconds);
  const file = join(asked.folder, `${quality}.${asked.format}`);
  writeFileSync(file, runs[0].data);
  console.log(JSON.stringify({quality, file, seconds: runs[Math.floor(runs.length / 2)].seconds}));
}
