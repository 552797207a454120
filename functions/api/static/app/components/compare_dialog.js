import './compare_view.js';
import { bytes, formatName, number, saving } from '../formatting.js';
import { html, nothing } from '../html.js';
import { t } from '../texts.js';
import { dialog } from './dialog.js';

export function compareDialog({ dialog: open, items }) {
  const item = open?.kind === 'compare' ? items.find(({ id }) => id === open.id) : null;
  if (!item) return dialog('compare', '', null);
  return dialog('compare', item.job.processed_filename, content(item));
}

const content = ({ before, after, hasNoOriginal, job }) => html`
  <compare-view .before=${before} .after=${after} .hasNoBefore=${Boolean(hasNoOriginal)} .size=${[job.processed_width, job.processed_height]}></compare-view>
  <dl class="facts">
    ${fact('result.before', bytes(job.original_size), job.original_format, job.original_width, job.original_height)}
    ${fact('result.after', bytes(job.processed_size), job.processed_format, job.processed_width, job.processed_height)}
    <div><dt>${t('result.saving')}</dt><dd>${saving(job.original_size, job.processed_size)}</dd></div>
    ${typeof job.score === 'number' ? html`<div><dt>${t('result.score.name')}</dt><dd>${number(job.score, { maximumFractionDigits: 1 })}</dd></div>` : nothing}
  </dl>
`;

const fact = (key, size, format, width, height) => html`
  <div><dt>${t(key)}</dt><dd>${size}, ${formatName(format)}, ${number(width)} × ${number(height)}</dd></div>
`;
