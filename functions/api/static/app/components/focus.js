/** Where the focus goes when what has it is removed: browsers would begin at the top of the page again. */

/** To the image that comes next, or to the one before it; without any, to where the page's content begins. */
export function keepFocus(draw) {
  const focused = document.activeElement;
  const item = focused?.closest('.item');
  const at = item ? [...item.parentElement.children].indexOf(item) : -1;
  const list = item?.parentElement;
  draw();
  if (!item || focused.isConnected) return;
  const left = list.isConnected ? list.children : [];
  const next = left[Math.min(at, left.length - 1)];
  (next?.querySelector('button:not(:disabled)') ?? document.getElementById('main')).focus();
}
