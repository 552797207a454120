/** Shows an answer: JSON with indentation, images as images, streams line by line. */

export async function show(element, answer) {
  const type = answer.headers.get('content-type') ?? '';
  const status = Object.assign(document.createElement('p'), { textContent: `${answer.status} ${answer.statusText} ${type}` });
  element.replaceChildren(status);
  if (type.startsWith('image/')) return element.append(await pictureOf(answer));
  const text = document.createElement('pre');
  element.append(text);
  if (type.startsWith('text/event-stream')) return read(answer, text);
  if (type.startsWith('application/zip')) return text.append(`${(await answer.blob()).size} bytes`);
  text.textContent = readable(await answer.text());
}

const pictureOf = async (answer) =>
  Object.assign(document.createElement('img'), { src: URL.createObjectURL(await answer.blob()), alt: 'The answer' });

function readable(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

async function read(answer, text) {
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) text.append(part.value);
}
