import { readSqlFile } from '../store/sql-file.ts';
import type { Store } from '../store/store.ts';
import type { Source } from './sources.ts';

/** Lists, for the engine, by what each source's records give themselves away. */
export async function createRecognition(store: Store, sources: readonly Source[]): Promise<void> {
  const rules = sources.flatMap(({ stem, recognitions }) =>
    recognitions.map((rule) => ({ ...rule, source: stem })),
  );
  const signatures = rules
    .filter(({ way }) => way === 'fields')
    .map(({ name, source }, rank) => ({ source, fields: name.split(/\s+/), rank }));
  await store.run(readSqlFile('ingest/steps/recognition.sql').sql, {
    rules: JSON.stringify(rules.filter(({ way }) => way !== 'fields')),
  });
  await store.run(readSqlFile('ingest/steps/signature.sql').sql, {
    signatures: JSON.stringify(signatures),
  });
}
