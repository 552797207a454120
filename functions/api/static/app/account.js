/** The visitor's account: credits, usage, subscriptions, signing out. */
import { ApiError, NetworkError, address, call, guestToken } from './api.js';
import { persist } from './connection.js';
import { known } from './known.js';
import { sentenceOf } from './refusals.js';
import { change, now } from './store.js';

const DAYS = 30;
const GUEST = 'unregistered';

export async function refreshBalance() {
  change({ balance: await quietly(() => (now().session || guestToken() ? call('usage/summary') : null)) ?? ofNewGuest() });
}

/** The result of `ask`, or the last known balance if the request fails. */
async function quietly(ask) {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ApiError || error instanceof NetworkError) return now().balance;
    throw error;
  }
}

function ofNewGuest() {
  const { credits } = known.config.tiers[GUEST];
  const midnight = new Date();
  midnight.setUTCHours(24, 0, 0, 0);
  return { tier: GUEST, credits_limit: credits, credits_remaining: credits, credits_reset_at: midnight.toISOString() };
}

export async function openAccount() {
  change({ dialog: { kind: 'account' }, usage: null });
  refreshBalance();
  if (!now().session) return;
  try {
    change({ usage: await persist(() => call(`usage/history?days=${DAYS}`)) });
  } catch (error) {
    change({ usage: { error: sentenceOf(error) } });
  }
}

/** Opens Stripe's page, which returns to this one. */
export const choosePlan = (priceId) => {
  const here = address('app').href;
  const json = { price_id: priceId, success_url: here, cancel_url: here };
  return goTo(() => call('billing/checkout', { method: 'POST', json }), 'checkout_url');
};

export const managePlan = () => goTo(() => call('billing/portal', { method: 'POST' }), 'portal_url');

async function goTo(ask, name) {
  try {
    location.assign((await ask())[name]);
  } catch (error) {
    change({ dialog: { kind: 'account', error: sentenceOf(error) } });
  }
}
