/** Numbers, sizes and times in the format of the page's language. */
import { currentLanguage } from './texts.js';

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'];
const STEP = 1000;
// Sizes below this number have one decimal place: 9.6 MB, but 52 MB.
const TENTHS_BELOW = 10;
const MINUTE = 60, HOUR = 3600, DAY = 86400;

export const number = (value, options) => new Intl.NumberFormat(currentLanguage(), options).format(value);

export function bytes(value) {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log(Math.max(value, 1)) / Math.log(STEP)));
  const options = { style: 'unit', unit: UNITS[power], unitDisplay: power ? 'short' : 'long' };
  const inUnits = value / STEP ** power;
  return number(inUnits, { ...options, maximumFractionDigits: power && inUnits < TENTHS_BELOW ? 1 : 0 }).replace(' ', '\u00a0');
}

export const percent = (share) => number(share, { style: 'percent', maximumFractionDigits: 0 });

/** The change of size in percent, such as −84 % or +12 %. */
export const saving = (before, after) =>
  number(after / before - 1, { style: 'percent', maximumFractionDigits: 0, signDisplay: 'exceptZero' }).replace('-', '−');

export const moment = (when) =>
  new Intl.DateTimeFormat(currentLanguage(), { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(when));

export const day = (date) =>
  new Intl.DateTimeFormat(currentLanguage(), { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(new Date(date));

/** A time from now, such as `in 23 hours`. */
export function fromNow(when) {
  const seconds = (new Date(when) - Date.now()) / 1000;
  const [unit, length] = seconds > 2 * DAY ? ['day', DAY] : seconds > HOUR ? ['hour', HOUR] : ['minute', MINUTE];
  return new Intl.RelativeTimeFormat(currentLanguage()).format(Math.round(seconds / length), unit);
}

const FORMATS = { jpg: 'JPEG', webp: 'WebP', jxl: 'JPEG XL' };

export const formatName = (name) => FORMATS[name] ?? String(name).toUpperCase();
