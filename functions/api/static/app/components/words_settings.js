import { html, nothing } from '../html.js';
import { known } from '../known.js';
import { currentLanguage, t } from '../texts.js';
import { selectField, switchField, textField } from './fields.js';

const LONGEST_CONTEXT = 500;
// The languages that are offered if the tagger's model supports any.
const OFFERED = ['en', 'de', 'fr', 'es', 'it', 'pt', 'nl', 'pl', 'tr', 'ja', 'zh-Hans', 'ar'];

export const wordsSettings = ({ words, rename, language, context }, set) => html`
  <div class="field group">
    ${switchField('words', t('words'), words, set)}
    ${words ? html`${switchField('rename', t('words.rename'), rename, set)} ${languages(language, set)}
      ${textField('context', t('words.context'), context, set, t('words.context.example'), LONGEST_CONTEXT)}` : nothing}
  </div>
`;

function languages(language, set) {
  const { languages: all, default_language: usual } = known.config.tagging;
  const offered = all ?? OFFERED;
  if (offered.length < 2) return nothing;
  const names = new Intl.DisplayNames(currentLanguage(), { type: 'language' });
  const options = offered.map((code) => [code, names.of(code)]);
  return selectField('language', t('words.language'), options, language || usual, set);
}
