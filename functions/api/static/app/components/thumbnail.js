import { html } from '../html.js';
import { icons } from './icons.js';

/** A thumbnail, or an icon if the browser can't show the image. It has no alt text, since the name is beside it. */
export const thumbnail = (url, isWrong = false) => html`
  <span class="thumbnail ${isWrong ? 'is-wrong' : ''}">
    ${isWrong ? icons.alert : icons.image}
    ${url && !isWrong ? html`<img src=${url} alt="" loading="lazy" decoding="async" @error=${hide} @load=${show} />` : ''}
  </span>
`;

const hide = ({ target }) => (target.hidden = true);
const show = ({ target }) => (target.hidden = false);
