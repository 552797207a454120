/** Why something came to nothing. */
import { html } from '../html.js';
import { t } from '../texts.js';

/** The API speaks English, and screen readers have to know. Where it has said nothing, the text of `otherwise`. */
export const reason = (error, otherwise = 'state.unanswered') => (error ? html`<span lang="en">${error}</span>` : t(otherwise));
