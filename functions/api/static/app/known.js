/** The data that the server has put into the page: configuration, session, and why a visitor is treated as a guest. */
export const known = JSON.parse(document.getElementById('known').textContent);

/** The API's base URL with a slash at its end. The scripts are at `static/VERSION/app/` below it. */
export const ROOT = new URL('../../../', import.meta.url);

export const asset = (name) => new URL(`../${name}`, import.meta.url);
