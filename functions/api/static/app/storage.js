/** What this browser keeps from one visit to the next. Where it keeps nothing, as in a private window, nothing breaks. */
const PREFIX = 'imgopt.';

export function read(name, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + name)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

export function write(name, value) {
  try {
    if (value === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // It lasts as long as the page then.
  }
}
