// Prints the addresses that npm's clients of imgproxy make.
import {createRequire} from 'node:module';

const [installed, endpoint, photo, drawing, key, salt] = process.argv.slice(2);
const require = createRequire(installed);
const {generateImageUrl} = require('@imgproxy/imgproxy-node');
const Imgproxy = require('imgproxy').default;
const builder = require('@bitpatty/imgproxy-url-builder').default;

const official = (url, options) => generateImageUrl({endpoint, url, options, key, salt});
const older = new Imgproxy({baseUrl: endpoint, key, salt, encode: true}).builder();
// This one takes the host alone of its base address.
const withPath = address => address.replace(new URL(endpoint).origin, endpoint);
const signature = {key, salt};

console.log(JSON.stringify({
  'imgproxy-node: filled': official(photo, {resizing_type: 'fill', width: 20, height: 20, gravity: {type: 'sm'}, format: 'webp'}),
  'imgproxy-node: plain': official({value: photo, displayAs: 'plain'}, {width: 24, quality: 70}),
  'imgproxy-node: bucket': official(drawing, {width: 30, height: 30, extend: {extend: 1}, background: 'ffcc00', format: 'avif'}),
  'imgproxy: filled': withPath(older.resize('fill', 30, 20).generateUrl(photo, 'png')),
  'url-builder: padded': builder().resize({type: 'fill-down', width: 20, height: 10}).pad({top: 5, right: 5}).rotate(90)
    .format('jpg').build({baseUrl: endpoint, path: photo, signature}),
  // None of the three escapes a source that is not in base64.
  'url-builder: bucket': builder().resize({type: 'fit', width: 12}).build({baseUrl: endpoint, path: encodeURIComponent(drawing), plain: true, signature}),
}));
