/** Messages about requests that failed. */
import { ApiError, NetworkError, UNAUTHORIZED } from './api.js';
import { change, getState } from './store.js';
import { t } from './texts.js';

/** The API's message, "" if there was no answer. Throws all other errors again, since they are bugs of the page. */
export function messageOf(error) {
  if (error instanceof NetworkError) return '';
  if (!(error instanceof ApiError)) throw error;
  return error.message;
}

/** Shows the API's message, or the page's own message if there was no answer. The end of a session has its own notice.

Throws as `messageOf` does.
*/
export function showRefusal(error) {
  const text = messageOf(error);
  if (error.status === UNAUTHORIZED && getState().session) return;
  const notice = text ? { text, isFromApi: true, credits: creditsOf(error.body) } : { text: t('state.unanswered') };
  change({ notice: { kind: 'error', ...notice } });
}

const creditsOf = (body) =>
  body.credits_needed === undefined
    ? null
    : { needed: body.credits_needed, remaining: body.credits_remaining, resetAt: body.credits_reset_at, isGuest: body.is_guest };

/** Shows the errors of requests whose result nothing waits for. */
export function showUnhandledRefusals() {
  addEventListener('unhandledrejection', (event) => {
    if (!(event.reason instanceof ApiError || event.reason instanceof NetworkError)) return;
    event.preventDefault();
    showRefusal(event.reason);
  });
}
