import { html } from '../html.js';
import { icons } from './icons.js';

/** A small picture, without words: the name stands beside it. Where the browser can't show it, a drawing. */
export const thumbnail = (url, isWrong = false) => html`
  <span class="thumbnail ${isWrong ? 'is-wrong' : ''}">
    ${isWrong ? icons.alert : icons.image}
    ${url && !isWrong ? html`<img src=${url} alt="" loading="lazy" decoding="async" @error=${hide} @load=${show} />` : ''}
  </span>
`;

const hide = ({ target }) => (target.hidden = true);
const show = ({ target }) => (target.hidden = false);
