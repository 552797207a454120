/** What the server has put into the page: its settings, who has signed in, and why somebody counts as a guest. */
export const known = JSON.parse(document.getElementById('known').textContent);

/** Where the API begins, with a slash at its end: the scripts are at `static/VERSION/app/`. */
export const ROOT = new URL('../../../', import.meta.url);

export const asset = (name) => new URL(`../${name}`, import.meta.url);
