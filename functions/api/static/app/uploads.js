/** Images on their way to the service: some at a time, each checked there before anything is asked of it. */
import { ApiError, NetworkError, WAIT, address, call, credentials, guestToken, refusal, rememberGuest } from './api.js';
import { persist } from './connection.js';
import { known } from './known.js';
import { askForQuote } from './quotes.js';
import { addItems, changeItem, find, now } from './store.js';

const AT_A_TIME = 3;
const TOO_MANY = 429;
// A limit by the minute passes while one looks on; one by the day does not.
const LONGEST_WAIT = 90;
const TYPE = /^[\w.+-]{1,64}\/[\w.+-]{1,64}$/;
const waiting = [];
let underWay = 0;
let count = 0;

const newItem = (more) => ({ id: `item-${(count += 1)}`, state: 'uploading', progress: 0, ...more });

export function addFiles(files) {
  const items = files.map((file) => newItem({ name: file.name, size: file.size, file, before: URL.createObjectURL(file) }));
  begin(items);
}

export function addUrl(url) {
  const name = decodeURIComponent(new URL(url).pathname.split('/').pop()) || new URL(url).host;
  begin([newItem({ name, url })]);
}

function begin(items) {
  addItems(items);
  waiting.push(...items.map(({ id }) => id));
  proceed();
}

/** The first upload makes a guest of whoever is not known: others wait for it, or each would make another one. */
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
    const uploaded = await persist(() => (changeItem(id, { state: 'uploading' }), sendPatiently(item)), broken);
    rememberGuest(uploaded.session_token);
    if (!find(id)) return;
    changeItem(id, { state: 'ready', uploadId: uploaded.temp_file_id, size: uploaded.file_size, type: uploaded.mime_type });
    askForQuote();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    changeItem(id, { state: 'refused', error: error.message });
  }
}

/** So many images are taken in a minute: of a large folder, the rest waits for the next one. */
async function sendPatiently(item) {
  for (;;) {
    try {
      return await sendItem(item);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== TOO_MANY || !(error.wait <= LONGEST_WAIT)) throw error;
      changeItem(item.id, { state: 'waiting', progress: 0 });
      await new Promise((resume) => setTimeout(resume, error.wait * 1000));
    }
  }
}

function sendItem({ id, file, url }) {
  if (url) return call('upload/url', { method: 'POST', json: { url } });
  const { multipart_bytes: most, upload_bytes: mostOfAll } = known.config.limits;
  const isDirect = file.size > most && file.size <= mostOfAll;
  return isDirect ? sendDirectly(id, file) : sendForm(address('upload'), id, formOf(file), credentials()).then(JSON.parse);
}

function formOf(file, fields = {}) {
  const form = new FormData();
  Object.entries(fields).forEach((field) => form.append(...field));
  form.append('file', file, file.name);
  return form;
}

/** To S3, where a file is too large for the service's own address. */
async function sendDirectly(id, file) {
  const announced = { filename: file.name, size: file.size, ...(TYPE.test(file.type) && { content_type: file.type }) };
  const granted = await call('upload/presign', { method: 'POST', json: announced });
  rememberGuest(granted.session_token);
  await sendForm(granted.url, id, formOf(file, granted.fields), {});
  return call('upload/complete', { method: 'POST', json: { upload_id: granted.upload_id } });
}

/** What is answered, as text. fetch can't tell how far an upload has come. */
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
