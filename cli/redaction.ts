import { grouped } from '../core/grouped.ts';
import type { Config } from '../ingest/config/config.ts';
import type { HiddenColumns } from '../ingest/hidden-columns.ts';
import type { Redaction } from '../ingest/redaction.ts';
import type { SettledKey } from '../ingest/settle-key.ts';
import type { Store } from '../store/store.ts';
import type { Io } from './io.ts';

/** What each kind of value is called that was taken out or hidden; `s` makes it several. */
const WORDS: Readonly<Record<string, string>> = {
  bearer_token: 'bearer token',
  api_key: 'key',
  sas_signature: 'SAS signature',
  account_key: 'account key',
  password: 'password',
  url_password: 'login in a URL',
  client_secret: 'client secret',
  private_key: 'private key',
  cookie: 'cookie',
  email: 'e-mail address',
  ip_address: 'IP address',
  tool_arguments: "tool call's arguments",
  identity: 'identity as a pseudonym',
  address: 'address as a pseudonym',
};
const SEVERAL: Readonly<Record<string, string>> = {
  url_password: 'logins in URLs',
  email: 'e-mail addresses',
  ip_address: 'IP addresses',
  tool_arguments: "tool calls' arguments",
  identity: 'identities as pseudonyms',
  address: 'addresses as pseudonyms',
};

/** What was taken out of the rows that were stored; undefined: nothing. */
export function redactedText(counts: Readonly<Record<string, number>>): string | undefined {
  const parts = Object.entries(counts)
    .sort(([a], [b]) => Object.keys(WORDS).indexOf(a) - Object.keys(WORDS).indexOf(b))
    .map(([kind, count]) => {
      const word = WORDS[kind] ?? kind;
      return `${grouped(count)} ${count === 1 ? word : (SEVERAL[kind] ?? `${word}s`)}`;
    });
  return parts.length === 0 ? undefined : `redacted: ${parts.join(', ')}`;
}

/**
 * Makes pseudonyms of what the config asks for, also of rows that are stored already. The redaction
 * that holds from now on, and whether the file is to be written anew: old bytes may be left in it.
 */
export async function settleRedaction(
  store: Store,
  config: Config,
  io: Io,
  { adds }: { readonly adds: boolean },
): Promise<{ readonly redaction: Redaction; readonly isRewritten: boolean }> {
  const { settleHiddenColumns } = await import('../ingest/hidden-columns.ts');
  const { redaction } = config;
  const { Lease } = await import('../store/lease.ts');
  const { isRewritePending } = await import('../store/rewrite-file.ts');
  const { key, hidden: before } = await ensureKey(store, io, {
    isUsed: adds || redaction.pseudonymise.length > 0 || config.inventory.length > 0,
  });
  const hidden = await settleHiddenColumns(store, redaction.pseudonymise, {
    key,
    before,
    alone: async (work) => {
      const lease = await Lease.take(store, 'pseudonymise', io.self, io.now());
      return await work().finally(() => lease.release());
    },
  });
  const isRewritten = await isRewritePending(store);
  tell(hidden, isRewritten, io);
  return {
    redaction: { ...redaction, pseudonymise: hidden.all },
    isRewritten,
  };
}

/** Settles the key that a store goes on with. UserError: it is gone, or another one. */
export async function ensureKey(
  store: Store,
  io: Io,
  { isUsed }: { readonly isUsed: boolean },
): Promise<SettledKey> {
  const { settleKey } = await import('../ingest/settle-key.ts');
  const { foundKeys, makeStoreKey } = await import('../ingest/store-key.ts');
  const settled = await settleKey(store, {
    found: () => foundKeys(store.path, io.env['MCP_WITNESS_KEY']),
    make: () => makeStoreKey(store.path),
    lost: io.env['MCP_WITNESS_LOST_KEY'] || undefined,
    isUsed,
  });
  if (settled.isNew) {
    io.err(
      'key: this database goes on with another one; what was hashed before does not fit what is hashed from now on\n',
    );
  }
  return settled;
}

function tell({ all, unasked, hiddenNow }: HiddenColumns, isRewritten: boolean, io: Io): void {
  if (hiddenNow > 0) {
    io.err(
      `redaction: ${all.join(' and ')} of ${grouped(hiddenNow)} stored events are pseudonyms now; the file is written anew. Copies of it are not.\n`,
    );
  } else if (isRewritten) {
    io.err(
      'store: the file is written anew, which an earlier command did not finish; it may hold bytes of what was hidden or removed.\n',
    );
  }
  if (unasked.length > 0) {
    io.err(
      `redaction: this database keeps ${unasked.join(' and ')} as pseudonyms, whatever the config says\n`,
    );
  }
}
