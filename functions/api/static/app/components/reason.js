/** The reason of a failure. */
import { html } from '../html.js';
import { t } from '../texts.js';

/** The API's message, marked as English for screen readers, or the text of `otherwise` if there is none. */
export const reason = (error, otherwise = 'state.unanswered') => (error ? html`<span lang="en">${error}</span>` : t(otherwise));
