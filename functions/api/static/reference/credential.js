/** The credential of requests. It is kept only in memory, while the page is open. */
const NAMES = { bearer: 'Authorization', session: 'X-Session-Token' };
let credential = null;

export function headers() {
  if (!credential) return {};
  const { kind, value } = credential;
  return { [NAMES[kind]]: kind === 'bearer' ? `Bearer ${value}` : value };
}

export function authorize(page) {
  const dialog = page.querySelector('[data-dialog=authorize]');
  const { kind, value } = dialog.querySelector('form').elements;
  page.querySelector('[data-open=authorize]').addEventListener('click', () => dialog.showModal());
  dialog.addEventListener('close', () => {
    if (dialog.returnValue === 'use' && value.value) credential = { kind: kind.value, value: value.value.trim() };
    if (dialog.returnValue === 'forget') credential = null;
    value.value = dialog.returnValue = '';
    page.querySelector('[data-shown=credential]').textContent = credential
      ? `Calls are tried with ${NAMES[credential.kind]}.`
      : 'Calls are tried as a guest.';
  });
}
