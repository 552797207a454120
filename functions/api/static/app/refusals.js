/** What is said of a call that came to nothing. */
import { ApiError, NetworkError, UNAUTHORIZED } from './api.js';
import { change, now } from './store.js';
import { t } from './texts.js';

/** The API's own sentence, "" where there was no answer. Throws whatever is neither, being a fault of the page. */
export function sentenceOf(error) {
  if (error instanceof NetworkError) return '';
  if (!(error instanceof ApiError)) throw error;
  return error.message;
}

/** In the API's own words; where there was no answer, in ours. The end of a session has a notice of its own.

Throws as `sentenceOf` does.
*/
export function tellRefusal(error) {
  const text = sentenceOf(error);
  if (error.status === UNAUTHORIZED && now().session) return;
  const told = text ? { text, isFromApi: true, credits: creditsOf(error.body) } : { text: t('state.unanswered') };
  change({ notice: { kind: 'error', ...told } });
}

const creditsOf = (body) =>
  body.credits_needed === undefined
    ? null
    : { needed: body.credits_needed, remaining: body.credits_remaining, resetAt: body.credits_reset_at, isGuest: body.is_guest };

/** Of calls that nobody else waits for. */
export function tellRefusals() {
  addEventListener('unhandledrejection', (event) => {
    if (!(event.reason instanceof ApiError || event.reason instanceof NetworkError)) return;
    event.preventDefault();
    tellRefusal(event.reason);
  });
}
