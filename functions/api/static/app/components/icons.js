/** Icons of 24 x 24 pixels in the colour of the text. They are decorative: the text beside them says the same. */
import { html } from '../html.js';

const draw = (path) => html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d=${path} /></svg>`;

export const icons = {
  upload: draw('M12 16V4m0 0L7 9m5-5 5 5M4 16v2.5A1.5 1.5 0 0 0 5.500 20h13a1.500 1.500 0 0 0 1.500-1.500V16'),
  image: draw('M4 5h16v14H4zM4 16l4.500-5 4 4 3-3L20 16M15.500 9.500v.01'),
  download: draw('M12 4v11m0 0 4.500-4.500M12 15l-4.500-4.500M5 20h14'),
  compare: draw('M12 3v18M9 8l-4 4 4 4m6-8 4 4-4 4'),
  close: draw('m6 6 12 12M18 6 6 18'),
  copy: draw('M9 9h10v10H9zM15 9V5H5v10h4'),
  check: draw('m5 13 4.500 4.500L19 7'),
  alert: draw('M12 8v5m0 3v.01M12 3 2.500 20h19z'),
  offline: draw('M3 3l18 18M5 12.500a10 10 0 0 1 4-2.400M19 12.500a10 10 0 0 0-3-2M8.500 16a5 5 0 0 1 7 0M12 19.500v.01M2 9a15 15 0 0 1 4.500-2.800M22 9a15 15 0 0 0-11-3.900'),
  plus: draw('M12 5v14M5 12h14'),
  minus: draw('M5 12h14'),
  fit: draw('M4 9V4h5m6 0h5v5m0 6v5h-5m-6 0H4v-5'),
  trash: draw('M5 7h14M10 7V4h4v3m-7 0 1 13h8l1-13'),
  person: draw('M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-7.500 8a7.500 7.500 0 0 1 15 0'),
};
