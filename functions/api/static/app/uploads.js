/** Uploads images, at most three at a time. The service checks each image at its upload. */
import { NetworkError, WAIT, address, call, credentials, guestToken, refusal, rememberGuest } from './api.js';
import { persist } from './connection.js';
import { nameOf } from './incoming.js';
import { known } from './known.js';
import { requestQuote } from './quotes.js';
import { messageOf } from './refusals.js';
import { addItems, changeItem, find, getState } from './store.js';

const AT_A_TIME = 3;
const TYPE = /^[\w.+-]{1,64}\/[\w.+-]{1,64}$/;
// Statuses that the image itself causes, so that the same upload would fail again.
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

/** Uploads an image again whose upload failed or has expired. */
export function sendAgain(item) {
  changeItem(item.id, { state: 'uploading', progress: 0, error: undefined });
  send([item]);
}

function send(items) {
  waiting.push(...items.map(({ id }) => id));
  proceed();
}

/** The number of concurrent uploads. It is 1 until the first upload has created a guest, so that only one guest is created. */
const concurrency = () => (getState().session || guestToken() ? AT_A_TIME : 1);

function proceed() {
  while (waiting.length && underWay < concurrency()) {
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
    const markWaiting = () => changeItem(id, { state: 'waiting', progress: 0 });
    const uploaded = await persist(() => (changeItem(id, { state: 'uploading' }), sendItem(item)), markWaiting);
    if (!find(id)) return;
    changeItem(id, { state: 'ready', uploadId: uploaded.temp_file_id, size: uploaded.file_size, type: uploaded.mime_type });
    requestQuote();
  } catch (error) {
    changeItem(id, { state: 'refused', error: messageOf(error), isFinal: FINAL.includes(error.status) });
  }
}

/** Sends a request that may create a guest. If another tab has stored its guest meanwhile, the request is sent again for that guest. */
async function withOneGuest(request) {
  const before = guestToken();
  const answer = await request();
  if (answer.session_token && guestToken() !== before) return withOneGuest(request);
  rememberGuest(answer.session_token);
  return answer;
}

function sendItem({ id, file, url }) {
  if (url) return withOneGuest(() => call('upload/url', { method: 'POST', json: { url } }));
  const { multipart_bytes: multipartLimit, upload_bytes: uploadLimit } = known.config.limits;
  if (file.size > multipartLimit && file.size <= uploadLimit) return sendDirectly(id, file);
  return withOneGuest(() => sendForm(address('upload'), id, formOf(file), credentials()).then(JSON.parse));
}

function formOf(file, fields = {}) {
  const form = new FormData();
  Object.entries(fields).forEach((field) => form.append(...field));
  form.append('file', file, file.name);
  return form;
}

/** Uploads a file to S3 that is too large for `POST /upload`. */
async function sendDirectly(id, file) {
  const description = { filename: file.name, size: file.size, ...(TYPE.test(file.type) && { content_type: file.type }) };
  const presigned = await withOneGuest(() => call('upload/presign', { method: 'POST', json: description }));
  await sendForm(presigned.url, id, formOf(file, presigned.fields), {});
  return call('upload/complete', { method: 'POST', json: { upload_id: presigned.upload_id } });
}

/** Sends a form by XMLHttpRequest, because fetch does not report the progress of an upload. Returns the answer's text. */
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
