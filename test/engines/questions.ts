import { bindParameters } from '../../queries/catalogue.ts';
import { readSqlFile } from '../../store/sql-file.ts';
import type { Parameter, Store } from '../../store/store.ts';

/** Where a value for a text parameter comes from: some value that the fleet's calls have. */
const SAMPLES: Readonly<Record<string, string>> = {
  agent: 'max(agent_id)',
  agent_pseudonym: 'min(agent_id)',
  call: 'max(call_id)',
  caller: 'max(caller_identity)',
  caller_pseudonym: 'min(caller_identity)',
  id: 'max(operation_id)',
  id_address: 'max(caller_ip)',
  id_pseudonym: 'max(caller_identity)',
  kind: "max('/microsoft.')",
  server: 'max(server_id)',
  session: 'max(session_key)',
  tool: 'max(tool_name)',
  why: "max('not_provable')",
};

/** Times that are not as a program would write them. */
const OTHER_WINDOW = { from_at: '2026-11-16T06:30:00.000001+05:30', to_at: '2026-11-18' };

const OTHER_LIMIT = '3';

/**
 * The ways in which a file of queries/ or doctor/ is asked: with the defaults of its header, then with each
 * parameter set once.
 */
export async function waysToAsk(
  store: Store,
  path: string,
  now: Date,
): Promise<Record<string, Parameter>[]> {
  const file = readSqlFile(path);
  const query = {
    name: path,
    purpose: '',
    readers: [],
    grain: '',
    params: file.params,
    columns: file.columns,
    file,
  };
  const needed: Record<string, string> = {};
  const ways: Record<string, string>[] = [];
  for (const { name, type, initial } of file.params) {
    if (type === 'timestamptz') continue;
    const value = type === 'bigint' ? OTHER_LIMIT : await sample(store, path, name);
    if (initial === undefined) needed[name] = value;
    else ways.push({ [name]: value });
  }
  const times = file.params.filter(({ type }) => type === 'timestamptz').map(({ name }) => name);
  if (times.includes('to_at')) ways.push(OTHER_WINDOW);
  else ways.push(...times.map((name) => ({ [name]: OTHER_WINDOW.from_at })));
  return [{}, ...ways].map((given) => bindParameters(query, { ...needed, ...given }, now));
}

async function sample(store: Store, path: string, name: string): Promise<string> {
  const from = SAMPLES[name];
  if (from === undefined) {
    throw new Error(
      `${path} has a parameter '${name}': say in ${import.meta.filename} what to give it`,
    );
  }
  const [row] = await store.rows(`select cast(${from} as varchar) as value from tool_calls`);
  return String(row?.['value']);
}
