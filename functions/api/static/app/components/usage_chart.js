/** Credits of the last days as a bar chart, and as a table for screen readers. */
import { day, number } from '../formatting.js';
import { html, nothing, svg } from '../html.js';
import { t } from '../texts.js';
import { reason } from './reason.js';

const WIDTH = 600, HEIGHT = 120, GAP = 4, LEAST = 2;

export function usageChart(usage) {
  if (!usage) return html`<p class="hint">${t('usage.loading')}</p>`;
  if (usage.error !== undefined) return html`<p class="wrong">${reason(usage.error)}</p>`;
  const values = { count: usage.total_jobs, days: usage.days, credits: number(usage.total_credits), jobs: number(usage.total_jobs) };
  return html`
    <section class="usage" aria-labelledby="usage-title">
      <h3 id="usage-title">${t('usage.title', values)}</h3>
      <p class="hint">${t('usage.total', values)}</p>
      ${bars(usage.daily)}
      <p class="ends" aria-hidden="true"><span>${day(usage.daily[0].date)}</span><span>${t('usage.today')}</span></p>
      ${table(usage.daily)}
    </section>
  `;
}

function bars(daily) {
  const largest = Math.max(1, ...daily.map(({ credits }) => credits));
  const step = WIDTH / daily.length;
  return html`
    <svg class="bars" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label=${t('usage.chart')}>
      ${daily.map(({ date, credits }, index) => {
        const height = Math.max(LEAST, (credits / largest) * HEIGHT);
        return svg`<rect class=${credits ? '' : 'is-none'} x=${index * step + GAP / 2} y=${HEIGHT - height} width=${step - GAP} height=${height} rx="2"><title>${day(date)}: ${number(credits)}</title></rect>`;
      })}
    </svg>
  `;
}

const table = (daily) => html`
  <details>
    <summary>${t('usage.table')}</summary>
    <table>
      <thead><tr><th scope="col">${t('usage.day')}</th><th scope="col">${t('usage.jobs')}</th><th scope="col">${t('credits')}</th></tr></thead>
      <tbody>
        ${daily.filter(({ jobs }) => jobs).map(({ date, jobs, credits }) => html`<tr><th scope="row">${day(date)}</th><td>${number(jobs)}</td><td>${number(credits)}</td></tr>`)}
        ${daily.some(({ jobs }) => jobs) ? nothing : html`<tr><td colspan="3">${t('usage.none')}</td></tr>`}
      </tbody>
    </table>
  </details>
`;
