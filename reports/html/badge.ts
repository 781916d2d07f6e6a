import { html, type Markup } from './markup.ts';

/** How a state is shown: a mark and a word, with a tone that only repeats what they say. */
const BADGES: Readonly<Record<string, readonly [mark: string, tone: string]>> = {
  met: ['✓', 'good'],
  at_risk: ['!', 'warn'],
  breached: ['✕', 'bad'],
  insufficient_data: ['?', 'dim'],
  not_provable: ['?', 'warn'],
  bypassed: ['✕', 'bad'],
  none_seen: ['✓', 'good'],
  success: ['✓', 'good'],
  ok: ['✓', 'good'],
  failure: ['✕', 'bad'],
  error: ['✕', 'bad'],
  denied: ['⊘', 'warn'],
  challenge: ['↺', 'dim'],
  unknown: ['?', 'dim'],
  destructive: ['◆', 'bad'],
  expired: ['⊘', 'warn'],
  approved: ['✓', 'good'],
};

export function isBadge(text: string): boolean {
  return Object.hasOwn(BADGES, text);
}

/** A state as a mark and a word. */
export function badge(state: string): Markup {
  const [mark, tone] = BADGES[state] ?? ['', 'dim'];
  const word = state.replaceAll('_', ' ');
  return html`<span class="badge ${tone}"><span aria-hidden="true">${mark}</span> ${word}</span>`;
}
