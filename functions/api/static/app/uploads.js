/** Uploads of images, some at a time. The service checks each before it is submitted. */
import { NetworkError, WAIT, address, call, credentials, guestToken, refusal, rememberGuest } from './api.js';
import { persist } from './connection.js';
import { nameOf } from './incoming.js';
import { known } from './known.js';
import { askForQuote } from './quotes.js';
import { sentenceOf } from './refusals.js';
import { addItems, changeItem, find, now } from './store.js';

const AT_A_TIME = 3;
const TYPE = /^[\w.+-]{1,64}\/[\w.+-]{1,64}$/;
// Statuses after which the same upload would fail again, as the image is the reason.
const FINAL = [400, 413, 415, 422];
const waiting = [];
let underWay = 0;
let count = 0;

const newItem = (more) => ({ id: `item-${(count += 1)}`, state: 'uploading', progress: 0, ...more });

export function addFiles(files) {
  const items = files.map((file) => newItem({ name: file.name, size: file.size, file, before: URL.createObjectURL(file) }));
  begin(items);
}

export const addUrl = (url) => begin([newItem({ name: nameOf(url), url })]);

function begin(items) {
  addItems(items);
  send(items);
}

/** Uploads an image again that could not be sent, or whose upload has expired. */
export function sendAgain(item) {
  changeItem(item.id, { state: 'uploading', progress: 0, error: undefined });
  send([item]);
}

function send(items) {
  waiting.push(...items.map(({ id }) => id));
  proceed();
}

/** The number of concurrent uploads. It is 1 until the first upload has created a guest, so that only one is created. */
const placesFor = () => (now().session || guestToken() ? AT_A_TIME : 1);

function proceed() {
  while (waiting.length && underWay < placesFor()) {
    underWay += 1;
    upload(waiting.shift()).finally(() => {
      underWay -= 1;
      proceed();
    });
  }
}

async function upload(id) {
  const item = find(id);
  if (!item) return;
  try {
    const broken = () => changeItem(id, { state: 'waiting', progress: 0 });
    const uploaded = await persist(() => (changeItem(id, { state: 'uploading' }), sendItem(item)), broken);
    if (!find(id)) return;
    changeItem(id, { state: 'ready', uploadId: uploaded.temp_file_id, size: uploaded.file_size, type: uploaded.mime_type });
    askForQuote();
  } catch (error) {
    changeItem(id, { state: 'refused', error: sentenceOf(error), isFinal: FINAL.includes(error.status) });
  }
}

/** Another tab may have created a guest at the same time. Uploads of the guest that was not stored are sent again. */
async function asOneGuest(ask) {
  const before = guestToken();
  const answer = await ask();
  if (answer.session_token && guestToken() !== before) return asOneGuest(ask);
  rememberGuest(answer.session_token);
  return answer;
}

function sendItem({ id, file, url }) {
  if (url) return asOneGuest(() => call('upload/url', { method: 'POST', json: { url } }));
  const { multipart_bytes: most, upload_bytes: mostOfAll } = known.config.limits;
  if (file.size > most && file.size <= mostOfAll) return sendDirectly(id, file);
  return asOneGuest(() => sendForm(address('upload'), id, formOf(file), credentials()).then(JSON.parse));
}

function formOf(file, fields = {}) {
  const form = new FormData();
  Object.entries(fields).forEach((field) => form.append(...field));
  form.append('file', file, file.name);
  return form;
}

/** Uploads a file to S3 that is too large for `POST /upload`. */
async function sendDirectly(id, file) {
  const announced = { filename: file.name, size: file.size, ...(TYPE.test(file.type) && { content_type: file.type }) };
  const granted = await asOneGuest(() => call('upload/presign', { method: 'POST', json: announced }));
  await sendForm(granted.url, id, formOf(file, granted.fields), {});
  return call('upload/complete', { method: 'POST', json: { upload_id: granted.upload_id } });
}

/** Sends a form by XMLHttpRequest, because fetch does not report the progress of an upload. Returns text. */
function sendForm(url, id, form, headers) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', url);
    Object.entries(headers).forEach(([name, value]) => request.setRequestHeader(name, value));
    request.upload.onprogress = ({ loaded, total }) => changeItem(id, { progress: loaded / total });
    request.onerror = () => reject(new NetworkError());
    request.onload = () =>
      request.status < 400
        ? resolve(request.responseText)
        : refusal(request.status, request.responseText, request.getResponseHeader(WAIT)).then(reject);
    request.send(form);
  });
}
