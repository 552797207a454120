/** The API's reference page: the dialog for a credential, and a form for each operation. */
import { authorize, headers } from './credential.js';
import { show } from './answers.js';

/** The API's base URL. This file is at `static/VERSION/reference/` below it. */
const ROOT = new URL('../../../', import.meta.url);

document.querySelectorAll('.scripted').forEach((element) => (element.hidden = false));
authorize(document);
document.querySelectorAll('form.trial').forEach((form) => form.addEventListener('submit', send));

async function send(event) {
  event.preventDefault();
  const form = event.target;
  const answer = form.querySelector('.answer');
  answer.textContent = '…';
  try {
    await show(answer, await fetch(addressOf(form), { method: form.dataset.method, ...bodyOf(form) }));
  } catch (error) {
    answer.textContent = `No answer: ${error.message}`;
  }
}

function addressOf(form) {
  const fields = [...form.querySelectorAll('[data-in]')];
  const path = form.dataset.path.slice(1).replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(form.elements[name].value));
  const address = new URL(path, ROOT);
  fields
    .filter((field) => field.dataset.in === 'query' && field.value)
    .forEach((field) => address.searchParams.set(field.name, field.value));
  return address;
}

function bodyOf(form) {
  const [text, file] = [form.querySelector('textarea'), form.querySelector('[type=file]')];
  if (file) {
    const body = new FormData();
    if (file.files[0]) body.append('file', file.files[0]);
    return { body, headers: headers() };
  }
  return text ? { body: text.value, headers: { ...headers(), 'Content-Type': 'application/json' } } : { headers: headers() };
}
