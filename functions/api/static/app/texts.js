/** All words of the page, by one table for each language: texts/en.json, texts/de.json. */
import { asset, known } from './known.js';
import { read, write } from './storage.js';

export const LANGUAGES = { en: 'English', de: 'Deutsch' };
let language = known.language;
let texts = {};
let plurals = new Intl.PluralRules(language);

export const currentLanguage = () => language;

/** The language that was chosen here before, else the one that the server has found to be the browser's. */
export async function loadTexts(wanted = read('language', known.language)) {
  const found = wanted in LANGUAGES ? wanted : known.language;
  const answer = await fetch(asset(`app/texts/${found}.json`));
  [language, texts, plurals] = [found, await answer.json(), new Intl.PluralRules(found)];
  document.documentElement.lang = language;
  document.title = t('title');
}

export function chooseLanguage(wanted) {
  write('language', wanted);
  return loadTexts(wanted);
}

/** The text of a key, with `{name}` replaced by values. One that depends on `count` has a form for each plural. */
export function t(key, values = {}) {
  const found = texts[key] ?? key;
  const text = typeof found === 'string' ? found : found[plurals.select(values.count)] ?? found.other;
  return text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
}

export const has = (key) => key in texts;
