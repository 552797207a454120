import { html } from '../html.js';
import { icons } from './icons.js';

/** A thumbnail without alt text, as the name is beside it. An icon if the browser can't show the image. */
export const thumbnail = (url, isWrong = false) => html`
  <span class="thumbnail ${isWrong ? 'is-wrong' : ''}">
    ${isWrong ? icons.alert : icons.image}
    ${url && !isWrong ? html`<img src=${url} alt="" loading="lazy" decoding="async" @error=${hide} @load=${show} />` : ''}
  </span>
`;

const hide = ({ target }) => (target.hidden = true);
const show = ({ target }) => (target.hidden = false);
