#!/bin/sh
# svgo 4.1.0 with its default preset: a rule of @media (prefers-color-scheme: dark), or :hover, is deleted where one element
# alone has the class, and kept where two have it.
# A good guess: rules that depend on the reader's screen stay; inlineStyles has an option that names the media queries which
# it moves, and says of pseudo-classes, too, that it leaves them.
# Seen: a class of fill:red, blue in the dark: with two elements the style sheet is as it was. With one, fill:red becomes
# the element's style, the class is removed from it, and what else was said of the class with it.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-fund --no-audit svgo@4.1.0
cat > try.mjs <<'JS'
import { optimize } from "svgo";
import assert from "node:assert";

const drawing = (rule, count) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><style>.a{fill:red}${rule}</style>` +
  Array.from({ length: count }, (_, at) => `<circle class="a" cx="${2 + at * 4}" cy="4" r="1"/>`).join("") +
  "</svg>";

for (const rule of ["@media (prefers-color-scheme:dark){.a{fill:#00f}}", ".a:hover{fill:#00f}"]) {
  const [one, two] = [1, 2].map((count) => optimize(drawing(rule, count)).data);
  console.log(one);
  assert(!one.includes("#00f") && one.includes("fill:red"));
  assert(two.includes(rule));
}
JS
node try.mjs
