/** Starts the page: loads texts, the account, and jobs of earlier visits. */
import { refreshBalance } from './account.js';
import { page } from './components/page.js';
import { watchDrops } from './components/dropzone.js';
import { keepFocus } from './components/focus.js';
import { watchConnection } from './connection.js';
import { readJobIds } from './history.js';
import { render } from './html.js';
import { loadEarlierJobs } from './jobs.js';
import { showUnhandledRefusals } from './refusals.js';
import { getState, listen } from './store.js';
import { loadTexts } from './texts.js';

const show = (state) => keepFocus(() => render(page(state), document.getElementById('app')));

await loadTexts();
listen(show);
show(getState());
showUnhandledRefusals();
watchDrops();
watchConnection();
refreshBalance();
loadEarlierJobs(readJobIds());

// Uploads that were not submitted are lost when the page closes.
addEventListener('beforeunload', (event) => {
  if (getState().items.some(({ state }) => ['uploading', 'waiting', 'ready', 'submitting'].includes(state))) event.preventDefault();
});
