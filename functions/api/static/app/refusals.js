/** Messages about requests that failed. */
import { ApiError, NetworkError, UNAUTHORIZED } from './api.js';
import { change, now } from './store.js';
import { t } from './texts.js';

/** The API's message, "" if there was no answer. Throws other errors again, as they are bugs of the page. */
export function sentenceOf(error) {
  if (error instanceof NetworkError) return '';
  if (!(error instanceof ApiError)) throw error;
  return error.message;
}

/** Shows an error: the API's message, or the page's if there was no answer. The end of a session has its own notice.

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

/** Shows the errors of requests whose result nothing waits for. */
export function tellRefusals() {
  addEventListener('unhandledrejection', (event) => {
    if (!(event.reason instanceof ApiError || event.reason instanceof NetworkError)) return;
    event.preventDefault();
    tellRefusal(event.reason);
  });
}
