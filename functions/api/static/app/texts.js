/** The texts of the page. Each language has a file: texts/en.json, texts/de.json. */
import { asset, known } from './known.js';
import { read, write } from './storage.js';

export const LANGUAGES = { en: 'English', de: 'Deutsch' };
let language = known.language;
let texts = {};
let plurals = new Intl.PluralRules(language);

export const currentLanguage = () => language;

/** Loads the language that the visitor has chosen before, or else the one that the server found in the request. */
export async function loadTexts(chosen = read('language', known.language)) {
  const code = chosen in LANGUAGES ? chosen : known.language;
  const answer = await fetch(asset(`app/texts/${code}.json`));
  [language, texts, plurals] = [code, await answer.json(), new Intl.PluralRules(code)];
  document.documentElement.lang = language;
  document.title = t('title');
}

export function chooseLanguage(chosen) {
  write('language', chosen);
  return loadTexts(chosen);
}

/** The text of a key, with `{name}` replaced by values. A text with several forms is chosen by `count`. */
export function t(key, values = {}) {
  const forms = texts[key] ?? key;
  const text = typeof forms === 'string' ? forms : forms[plurals.select(values.count)] ?? forms.other;
  return text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
}

export const has = (key) => key in texts;
