// Opens files with one of npm's readers. Arguments: the reader's name, then paths.
// Prints a line for each file, as benchmarks/interop/views.py describes it; pixels go into PATH.rgba.
import {createRequire} from 'node:module';
import {readFileSync, writeFileSync} from 'node:fs';
import {basename, extname, join} from 'node:path';
import {pathToFileURL} from 'node:url';

const require = createRequire(join(process.env.PEERS, 'package.json'));
const load = name => import(pathToFileURL(require.resolve(name)));

// RGBA of what has 1 to 4 channels of 8 or 16 bits.
function rgba(data, pixels, channels, depth = 8) {
  const out = Buffer.alloc(pixels * 4, 255);
  const value = at => depth === 16 ? Math.floor(data[at] / 257) : data[at];
  for (let i = 0; i < pixels; i++) {
    const grey = channels < 3;
    for (let c = 0; c < 3; c++) out[i * 4 + c] = value(i * channels + (grey ? 0 : c));
    if (channels % 2 === 0) out[i * 4 + 3] = value(i * channels + channels - 1);
  }
  return out;
}

const still = (width, height, pixels) => ({width, height, frames: 1, pixels: Buffer.from(pixels)});
const sized = ({width, height}) => ({width: Math.round(width), height: Math.round(height)});

const READERS = {
  async 'jpeg-js'(data) {
    const image = require('jpeg-js').decode(data);
    return still(image.width, image.height, image.data);
  },
  async pngjs(data) {
    const image = require('pngjs').PNG.sync.read(data);
    return still(image.width, image.height, image.data);
  },
  async 'fast-png'(data) {
    const {decode, convertIndexedToRgb} = await load('fast-png');
    const image = decode(data);
    const plain = image.palette ? convertIndexedToRgb(image) : image.data;
    const pixels = image.width * image.height;
    const channels = image.palette ? plain.length / pixels : image.channels;
    return still(image.width, image.height, rgba(spread(image, plain), pixels, channels, image.depth));
  },
  async 'upng-js'(data) {
    const UPNG = require('upng-js');
    const image = UPNG.decode(data);
    const frames = UPNG.toRGBA8(image).map(each => Buffer.from(each));
    const durations = image.frames.length ? image.frames.map(each => each.delay) : null;
    return {width: image.width, height: image.height, frames: frames.length, durations,
      loops: image.tabs.acTL?.num_plays ?? null, pixels: Buffer.concat(frames)};
  },
  async omggif(data) {
    const {GifReader} = require('omggif');
    const reader = new GifReader(data);
    const infos = Array.from({length: reader.numFrames()}, (_, number) => reader.frameInfo(number));
    const first = Buffer.alloc(reader.width * reader.height * 4);
    reader.decodeAndBlitFrameRGBA(0, first);
    return {width: reader.width, height: reader.height, frames: infos.length, loops: reader.loopCount(),
      durations: infos.length > 1 ? infos.map(info => info.delay * 10) : null, pixels: first};
  },
  async 'gifuct-js'(data) {
    const {parseGIF, decompressFrames} = require('gifuct-js');
    const gif = parseGIF(data);
    const frames = decompressFrames(gif, false);
    return {width: gif.lsd.width, height: gif.lsd.height, frames: frames.length,
      durations: frames.length > 1 ? frames.map(frame => frame.delay) : null};
  },
  async 'image-size'(data) {
    const {imageSize} = require('image-size');
    return sized(largest(imageSize(data)));
  },
  async 'probe-image-size'(data) {
    const found = require('probe-image-size').sync(data);
    if (!found) throw new Error('not recognized');
    return sized(largest(found));
  },
  async 'decode-ico'(data) {
    const images = require('decode-ico')(data);
    const {width, height, type, data: pixels} = images.reduce((a, b) => b.width > a.width ? b : a);
    return type === 'bmp' ? still(width, height, pixels) : {...await READERS.pngjs(Buffer.from(pixels))};
  },
  async sharp(data) {
    const sharp = require('sharp');
    const {delay, loop, pages, format} = await sharp(data, {animated: true}).metadata();
    const image = await sharp(data, {animated: true}).toColourspace('srgb').ensureAlpha().raw()
      .toBuffer({resolveWithObject: true});
    const {width, pageHeight, height} = image.info;
    return {width, height: pageHeight ?? height, frames: pages ?? 1, durations: pages > 1 ? delay ?? null : null,
      loops: format === 'gif' && loop ? loop - 1 : loop ?? null, pixels: image.data};
  },
  async '@resvg/resvg-js'(data) {
    const image = new (require('@resvg/resvg-js').Resvg)(data.toString()).render();
    return READERS.pngjs(image.asPng());
  },
  async jimp(data) {
    const {bitmap} = await require('jimp').Jimp.fromBuffer(data);
    return still(bitmap.width, bitmap.height, bitmap.data);
  },
};

// Grey of less than 8 bits comes packed.
function spread(image, plain) {
  if (image.palette || image.depth >= 8) return plain;
  const [depth, most] = [image.depth, 2 ** image.depth - 1];
  const row = Math.ceil(image.width * depth / 8);
  return Array.from({length: image.width * image.height}, (_, at) => {
    const [x, y] = [at % image.width, Math.floor(at / image.width)];
    const byte = plain[y * row + Math.floor(x * depth / 8)];
    return (byte >> 8 - depth - x * depth % 8 & most) * 255 / most;
  });
}

// Of the images of an icon.
function largest(found) {
  const all = found.images ?? found.variants ?? [found];
  return all.reduce((a, b) => b.width > a.width ? b : a);
}

const [, , name, ...paths] = process.argv;
for (const path of paths) {
  let view;
  try {
    view = await READERS[name](readFileSync(path), extname(path));
  } catch (error) {
    view = {error: String(error?.message ?? error)};
  }
  if (view.pixels) {
    writeFileSync(`${path}.rgba`, view.pixels);
    view.pixels = `${path}.rgba`;
  }
  console.log(JSON.stringify({...view, file: basename(path)}));
}
