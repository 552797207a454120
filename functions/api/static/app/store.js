/** The state of the page. Components are functions of it. Call `change` to change it and render the page. */
import { known } from './known.js';
import { read } from './storage.js';
import { DEFAULTS } from './processing.js';

let state = {
  online: navigator.onLine,
  session: known.session,
  balance: null,
  items: [],
  settings: { ...DEFAULTS, ...read('settings', {}) },
  quote: null,
  notice: known.problem ? { kind: 'error', text: known.problem, isFromApi: true } : null,
  announcement: '',
  dialog: null,
  usage: null,
  copied: null,
};
const listeners = new Set();
let isScheduled = false;

export const getState = () => state;

export function change(changes) {
  state = { ...state, ...(typeof changes === 'function' ? changes(state) : changes) };
  if (isScheduled) return;
  isScheduled = true;
  queueMicrotask(() => {
    isScheduled = false;
    listeners.forEach((listener) => listener(state));
  });
}

export const listen = (listener) => listeners.add(listener);

export const find = (id) => state.items.find((item) => item.id === id);

export function changeItem(id, changes) {
  change(({ items }) => ({ items: items.map((item) => (item.id === id ? { ...item, ...changes } : item)) }));
}

export const addItems = (items) => change((before) => ({ items: [...before.items, ...items] }));

/** Announces a text to screen readers only. */
export const announce = (announcement) => change({ announcement });
