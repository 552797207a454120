// Calls the npm package `tinify` for each check of the test, and prints the answers as JSON.
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {join} from 'node:path';

const [installed, url, certificate, key, folder] = process.argv.slice(2);
const tinify = createRequire(installed)('tinify').default;
tinify.Client.API_ENDPOINT = url;
tinify.Client.CA_BUNDLE = readFileSync(certificate);
tinify.key = key;

const photo = tinify.fromFile(join(folder, 'photo.jpg'));
const through = tinify.fromBuffer(readFileSync(join(folder, 'through.png')));
const errorOf = async source => {
  try { await source.toBuffer(); } catch (error) { return [error.status, error.message]; }
};

await Promise.all([
  photo.toFile(join(folder, 'small.jpg')),
  photo.resize({method: 'fit', width: 30, height: 30}).toFile(join(folder, 'fit')),
  photo.resize({method: 'cover', width: 30, height: 30}).toFile(join(folder, 'cover')),
  photo.preserve('copyright').resize({method: 'scale', width: 60}).convert({type: 'image/webp'}).toFile(join(folder, 'kept')),
  through.convert({type: 'image/jpeg'}).transform({background: '#10a0b0'}).toFile(join(folder, 'flat')),
  tinify.validate(),
]);
const result = photo.result();
const shrunk = await Promise.all([result.size(), result.width(), result.height(), result.mediaType(), result.extension()]);
const count = tinify.compressionCount;
const errors = [
  await errorOf(tinify.fromBuffer(Buffer.from('text'))),
  await errorOf(tinify.fromBuffer(new Uint8Array(readFileSync(join(folder, 'photo.jpg'))))),
];
tinify.key = 'tfy_live_wrong';
errors.push(await errorOf(tinify.fromBuffer(readFileSync(join(folder, 'photo.jpg')))));
console.log(JSON.stringify({shrunk, count, errors}));
