import {
  chmodSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packagePath } from '../../core/package-root.ts';
import { newestVersion } from '../../store/schema.ts';
import { Store } from '../../store/store.ts';
import { ask, type Fleet, hashOf, refused, simulateFleet, temporaryFolder } from './fleet.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await simulateFleet(100);
});
afterAll(() => fleet.remove());

describe('config and definitions', () => {
  const configs: Readonly<Record<string, readonly [yaml: string, problem: string, fix: string]>> = {
    'a wrong key': [
      'store: {}\nsuorces: []\n',
      ":2: the document has an unknown field 'suorces'.",
      'Remove it, or use one of: azure, correlation, inventory, prices, redaction, retention, slos, sources, store.',
    ],
    'no YAML': [
      'store: { path: [\n',
      ':2:1: this is not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
      'Correct the line; indentation and quotes are the usual causes.',
    ],
    'no sources': [
      'store: {}\n',
      ' names no sources.',
      "Name files under 'sources:' as examples/mcp-witness.yaml does, or use 'mcp-witness ingest files PATHS...'.",
    ],
    'an inventory that is not there': [
      'inventory: [./gone.yaml]\nsources: [{ name: a, kind: files, paths: ["./a.json"] }]\n',
      ":1: no file is at 'FOLDER/gone.yaml'.",
      "Correct the path; it is relative to the config file's folder.",
    ],
  };

  test.each(Object.entries(configs))('%s', async (_, [yaml, problem, fix]) => {
    const folder = temporaryFolder();
    const config = join(folder, 'c.yaml');
    writeFileSync(config, yaml);

    const answer = await ask(['run', '--config', config, '--db', join(folder, 'w.duckdb')]);

    expect(answer).toEqual(refused(`${config}${problem.replace('FOLDER', folder)}`, fix));
    expect(existsSync(join(folder, 'w.duckdb'))).toBe(false);
  });

  test('a config that is not there', async () => {
    expect(await ask(['timeline', '--config', '/nowhere/c.yaml'])).toEqual(
      refused(
        "Cannot read '/nowhere/c.yaml': no such file or directory.",
        'Check the path and its permissions.',
      ),
    );
  });

  test('an unknown SLO field, with file and line, in validate, report and run', async () => {
    const folder = temporaryFolder();
    cpSync(packagePath('examples/slos'), folder, { recursive: true });
    const slo = join(folder, 'write-latency.yaml');
    const text = readFileSync(slo, 'utf8').replace('field: tool_class', 'field: tool_clas');
    writeFileSync(slo, text);
    const config = join(folder, 'config.yml');
    writeFileSync(
      config,
      'slos: [./*.yaml]\nsources: [{ name: a, kind: files, paths: [./telemetry] }]\n',
    );

    const db = join(folder, 'w.duckdb');
    (await Store.openToWrite(db)).close();

    const validated = await ask(['slo', 'validate', '--config', config]);
    const reported = await ask(['slo', 'report', '--config', config, '--db', db]);
    const run = await ask(['run', '--config', config, '--db', db]);

    expect(validated).toMatchObject({ code: 2, out: '' });
    expect(validated.err).toMatch(
      /^error: .*write-latency\.yaml:\d+: .*'tool_clas'.*\n {2}fix: .*tool_class/,
    );
    expect(reported).toMatchObject({ code: 2, out: '' });
    expect(reported.err).toContain(validated.err);
    expect(run).toEqual(validated);
  });
});

describe('files', () => {
  test('a file that is not there makes no database', async () => {
    const folder = temporaryFolder();
    const [path, db] = [join(folder, 'gone.json'), join(folder, 'w.duckdb')];

    expect(await ask(['ingest', 'files', path, '--db', db])).toEqual(
      refused(
        `There is no file or folder '${path}'.`,
        'Check the path; quote a pattern so that mcp-witness sees it.',
      ),
    );
    expect(existsSync(db)).toBe(false);
  });

  test('a file whose name says nothing', async () => {
    const path = join(temporaryFolder(), 'notes.txt');
    writeFileSync(path, '{}');

    expect(await ask(['ingest', 'files', path, '--db', `${path}.duckdb`])).toEqual(
      refused(
        `'${path}' does not say by its name what it is.`,
        'Rename it to .json, .ndjson, .jsonl, .csv, .parquet or .avro, each also with .gz.',
      ),
    );
  });

  test('a link that leads nowhere', async () => {
    const path = join(temporaryFolder(), 'loop.json');
    symlinkSync(path, path);

    const answer = await ask(['ingest', 'files', path, '--db', `${path}.duckdb`]);

    expect(answer).toEqual(
      refused(
        `There is no file or folder '${path}'.`,
        'Check the path; quote a pattern so that mcp-witness sees it.',
      ),
    );
  });

  test('a file that may not be read stores nothing, not even of the others', async () => {
    const folder = temporaryFolder();
    const [open, closed] = [join(folder, 'a.json'), join(folder, 'b.json')];
    writeFileSync(open, '{}');
    writeFileSync(closed, '{}');
    chmodSync(closed, 0o000);
    const db = join(folder, 'w.duckdb');
    // Everything is loaded by now that the one without rights could not load.
    await ask(['ingest', 'files', open, '--db', db]);
    chmodSync(folder, 0o777);
    for (const file of [db, `${db}.key`]) chmodSync(file, 0o666);

    const answer = await asNobody(() => ask(['ingest', 'files', open, closed, '--db', db]));

    expect(answer).toEqual(
      refused(
        `Cannot read '${closed}': permission denied.`,
        'Give the process permission to read it, or leave it out.',
      ),
    );
  });

  test('a table that no source reads', async () => {
    const path = join(temporaryFolder(), 'a.json');
    writeFileSync(path, '{}');
    const args = ['ingest', 'files', path, '--table', 'AppRequest', '--db', `${path}.duckdb`];
    const answer = await ask(args);

    expect(answer).toMatchObject({ code: 2, out: '' });
    expect(answer.err).toMatch(
      /^error: No source reads the table 'AppRequest'\.\n {2}fix: Use one of: .*AppRequests, /,
    );
  });

  test('telemetry that cannot be used is counted and set aside, the rest goes in', async () => {
    const folder = temporaryFolder();
    const db = join(folder, 'w.duckdb');
    const good =
      '{"Type":"AppTraces","TimeGenerated":"2026-11-20T10:00:00Z","Message":"mcp.tool_call","OperationId":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","ParentId":"bbbbbbbbbbbbbbbb","Properties":{"tool_name":"t","server_id":"s"}}';
    writeFileSync(join(folder, 'cut.ndjson'), `\ufeff${good}\r\n{"Type":"AppTraces","Ti`);
    writeFileSync(join(folder, 'cut.json.gz'), Buffer.from([0x1f, 0x8b, 8, 0, 0, 0]));
    writeFileSync(join(folder, 'empty.json'), '');
    writeFileSync(
      join(folder, 'foreign.json'),
      '[{"shipment":1},{"Type":"AppTraces","TimeGenerated":5}]',
    );

    const answer = await ask(['ingest', 'files', folder, '--db', db]);

    expect(answer).toMatchObject({ code: 8, out: '' });
    expect(answer.err).toMatch(
      /^ingest: 4 files, (\d+) records received = 1 stored \+ 0 duplicate \+ \d+ rejected \+ \d+ excluded\n/,
    );
    expect(answer.err).toContain(`why: mcp-witness coverage --of rejects --db ${db}\n`);
    const { out } = await ask(['coverage', '--of', 'rejects', '--db', db, '--format', 'csv']);
    expect(out).toContain('not valid JSON');
    expect(out).toContain('cut.json.gz');
    expect(out).toContain('no field of it names a table that is known');
  });
});

describe('databases', () => {
  const readers = ['timeline', 'coverage', 'slo report', 'cost report', 'query sre/summary'];
  const writers = ['correlate', 'run'];

  function args(command: string, db: string): string[] {
    return [...command.split(' '), '--db', db, '--config', fleet.config];
  }

  test.each(readers)('%s does not make a database that is missing', async (command) => {
    const db = join(temporaryFolder(), 'gone.duckdb');

    expect(await ask(args(command, db))).toEqual(
      refused(
        `There is no database at '${db}'.`,
        `Make it with 'mcp-witness ingest files PATHS... --db ${db}', or name another with --db.`,
      ),
    );
    expect(existsSync(db)).toBe(false);
  });

  test.each([...readers, ...writers])('%s leaves a file of another kind alone', async (command) => {
    const db = join(temporaryFolder(), 'photo.png');
    writeFileSync(db, 'not a database at all');

    expect(await ask(args(command, db))).toEqual(
      refused(
        `'${db}' is not a DuckDB database.`,
        'Name another file with --db; this one was left as it is.',
      ),
    );
    expect(readFileSync(db, 'utf8')).toBe('not a database at all');
  });

  test.each([...readers, ...writers])(
    '%s says of an emptied one that it is empty',
    async (command) => {
      const db = join(temporaryFolder(), 'emptied.duckdb');
      writeFileSync(db, '');

      expect(await ask(args(command, db))).toEqual(
        refused(
          `The database '${db}' is empty: a file without content.`,
          'Put a copy back, or remove it to begin anew.',
        ),
      );
      expect(readFileSync(db, 'utf8')).toBe('');
    },
  );

  test.each(['timeline', 'correlate'])(
    '%s says of one that was cut short what is the matter',
    async (command) => {
      const db = join(temporaryFolder(), 'half.duckdb');
      const store = await Store.openToWrite(db);
      await store.run('create table filler as select uuid() as id from range(300000)');
      store.close();
      truncateSync(db, statSync(db).size / 2);
      const before = hashOf(db);

      expect(await ask([command, '--db', db])).toEqual(
        refused(
          `The database '${db}' is cut short: a part of it is missing.`,
          'Put a copy back, or read the telemetry into another file with --db; this one was left as it is.',
        ),
      );
      expect(hashOf(db)).toBe(before);
    },
  );

  test('one of a newer version is refused by every command, and not a byte of it changes', async () => {
    const db = join(temporaryFolder(), 'newer.duckdb');
    const store = await Store.openToWrite(db);
    await store.run('insert into schema_versions values (999)');
    store.close();
    const before = hashOf(db);

    for (const command of [...readers, ...writers]) {
      const { code, out, err } = await ask(args(command, db));
      expect({ code, out }, command).toEqual({ code: 2, out: '' });
      expect(err).toMatch(
        /^error: The database '.*newer\.duckdb' has schema version 999; this mcp-witness knows \d+\.\n {2}fix: Use the newer mcp-witness that wrote it, or ingest into another file with --db\.\n$/,
      );
      expect(hashOf(db), command).toBe(before);
    }
  });

  test.each(readers)(
    '%s does not ask one of an older version what it cannot answer',
    async (command) => {
      const db = join(temporaryFolder(), 'older.duckdb');
      const store = await Store.openToWrite(db);
      await store.script('delete from schema_versions where version > 5');
      store.close();

      expect(await ask(args(command, db))).toEqual(
        refused(
          `The database '${db}' has schema version 5; this mcp-witness reads ${newestVersion()}.`,
          `Run 'mcp-witness correlate --db ${db}' once: what writes to it brings it up to date.`,
        ),
      );
    },
  );

  test.each(readers)('%s of one whose making was stopped says so', async (command) => {
    const db = join(temporaryFolder(), 'begun.duckdb');
    using store = await Store.inMemory();
    await store.script(`attach '${db}' as begun; detach begun`);

    expect(await ask(args(command, db))).toEqual(
      refused(
        `The database '${db}' holds nothing: the command that was to make it was stopped.`,
        `Run that again, such as 'mcp-witness ingest files PATHS... --db ${db}'.`,
      ),
    );
  });
});

/** Without the rights of root, for whom every file can be read. */
async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.(65_534);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

test.each(['witness.duckdb', 'mcp-witness.yaml', 'inventory.yaml', 'prices.yaml'])(
  'a demo does not write over %s of somebody else',
  async (name) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, name), 'mine');

    for (const args of [
      ['demo', folder],
      ['simulate', '--out', folder],
    ]) {
      expect(await ask(args)).toEqual(
        refused(
          `'${join(folder, name)}' was not written by a simulation.`,
          'Choose another folder, or remove it yourself.',
        ),
      );
    }
    expect(readdirSync(folder)).toEqual([name]);
    expect(readFileSync(join(folder, name), 'utf8')).toBe('mine');
  },
);
