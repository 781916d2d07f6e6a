import type { Store } from '../store/store.ts';
import type { Source } from './sources.ts';

const NAMES = '[{"way":"VARCHAR","name":"VARCHAR","provider":"VARCHAR","source":"VARCHAR"}]';
const SIGNATURES = '[{"source":"VARCHAR","fields":["VARCHAR"],"rank":"BIGINT"}]';

/** Lists, for the engine, by what each source's records give themselves away. */
export async function createRecognition(store: Store, sources: readonly Source[]): Promise<void> {
  const rules = sources.flatMap(({ stem, recognitions }) =>
    recognitions.map((rule) => ({ ...rule, source: stem })),
  );
  const signatures = rules
    .filter(({ way }) => way === 'fields')
    .map(({ name, source }, rank) => ({ source, fields: name.split(/\s+/), rank }));
  await store.run(
    `create or replace temp table recognition as select unnest(from_json($rules, '${NAMES}'), recursive := true)`,
    { rules: JSON.stringify(rules.filter(({ way }) => way !== 'fields')) },
  );
  await store.run(
    `create or replace temp table signature as select unnest(from_json($signatures, '${SIGNATURES}'), recursive := true)`,
    { signatures: JSON.stringify(signatures) },
  );
}
