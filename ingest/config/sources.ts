import { resolve } from 'node:path';
import { parseDuration } from '../../core/window.ts';
import type { YamlDocument } from '../../core/yaml-file.ts';
import { configInvalid } from './document.ts';
import { absolutePattern } from './paths.ts';
import { instantAt } from './validity.ts';

interface Named {
  readonly name: string;
  /** Only what concerns these APIs is taken; names or globs. Empty: all. */
  readonly apis: readonly string[];
}

export interface FilesSource extends Named {
  readonly kind: 'files';
  /** Absolute paths, folders and globs. */
  readonly paths: readonly string[];
  /** The table of all records; undefined: each record's own fields say it. */
  readonly table: string | undefined;
  /** Absolute path of a user's own source file, for records that none of ours reads. */
  readonly mapping: string | undefined;
}

export interface EventHubsSource extends Named {
  readonly kind: 'event-hubs';
  readonly hub: string;
  /** One of the two is given: sign in to the namespace, or take the string from a variable. */
  readonly namespace: string | undefined;
  readonly connectionStringEnv: string | undefined;
  readonly consumerGroup: string;
  /** Absolute path of a user's own source file, for records that none of ours reads. */
  readonly mapping: string | undefined;
  /** 'earliest', 'latest', or an ISO time; where to begin without a checkpoint. */
  readonly start: string;
}

export interface LogAnalyticsSource extends Named {
  readonly kind: 'log-analytics';
  /** What is asked, each for itself: ids of workspaces, or an ARM id of a resource. */
  readonly workspaces: readonly string[];
  readonly resource: string | undefined;
  readonly tables: readonly string[];
  readonly endpoint: string;
  /** An ISO time, or how far back; where to begin without a checkpoint, by ingestion. */
  readonly start: string;
  /** Rows may turn up for so long after the time at which they say that they were ingested. */
  readonly settleMs: number;
}

/** Where telemetry comes from. */
export type Source = FilesSource | EventHubsSource | LogAnalyticsSource;

/** A source as written in the config; the schema has checked which kind has which fields. */
export interface SourceEntry {
  readonly name: string;
  readonly kind: Source['kind'];
  readonly apis?: readonly string[];
  readonly paths?: readonly string[];
  readonly table?: string;
  readonly hub?: string;
  readonly namespace?: string;
  readonly connection_string_env?: string;
  readonly consumer_group?: string;
  readonly start?: string;
  readonly mapping?: string;
  readonly workspace_id?: string;
  readonly workspace_ids?: readonly string[];
  readonly resource_id?: string;
  readonly settle?: string;
  readonly tables?: readonly string[];
  readonly endpoint?: string;
}

/** The sources of a config, each name once. */
export function readSources(
  document: YamlDocument,
  folder: string,
  entries: readonly SourceEntry[],
): Source[] {
  const names = new Set<string>();
  return entries.map((entry, index) => {
    if (names.has(entry.name)) {
      throw configInvalid(
        document,
        ['sources', index, 'name'],
        `the source name '${entry.name}' is already taken.`,
        'Give each source a name of its own; checkpoints are kept by it.',
      );
    }
    names.add(entry.name);
    return sourceOf(document, folder, entry, index);
  });
}

function sourceOf(
  document: YamlDocument,
  folder: string,
  entry: SourceEntry,
  index: number,
): Source {
  const named = { name: entry.name, apis: entry.apis ?? [] };
  if (entry.kind === 'files') {
    refuseTwoReaders(document, entry, index);
    const paths = (entry.paths ?? []).map((path) => absolutePattern(folder, path));
    return {
      ...named,
      kind: 'files',
      paths,
      table: entry.table,
      mapping: mappingOf(folder, entry),
    };
  }
  if (entry.kind === 'log-analytics') {
    refuseUnclearTarget(document, entry, index);
    return {
      ...named,
      kind: 'log-analytics',
      workspaces: entry.workspace_ids ?? (entry.workspace_id ? [entry.workspace_id] : []),
      resource: entry.resource_id,
      tables: entry.tables ?? [],
      endpoint: entry.endpoint ?? 'https://api.loganalytics.io/v1',
      start: pulledFrom(document, entry.start ?? '30d', index),
      settleMs: parseDuration(entry.settle ?? '30m'),
    };
  }
  refuseUnclearAccess(document, entry, index);
  return {
    ...named,
    kind: 'event-hubs',
    hub: entry.hub ?? '',
    namespace: entry.namespace,
    connectionStringEnv: entry.connection_string_env,
    consumerGroup: entry.consumer_group ?? '$Default',
    mapping: mappingOf(folder, entry),
    start: startOf(document, entry.start ?? 'earliest', index),
  };
}

function mappingOf(folder: string, { mapping }: SourceEntry): string | undefined {
  return mapping === undefined ? undefined : resolve(folder, mapping);
}

function refuseTwoReaders(document: YamlDocument, entry: SourceEntry, index: number): void {
  if (entry.table === undefined || entry.mapping === undefined) return;
  throw configInvalid(
    document,
    ['sources', index],
    `the source '${entry.name}' has both 'table' and 'mapping'.`,
    "Give 'table' where all records are of one of our tables, or 'mapping' to read them with a source file of your own.",
  );
}

function refuseUnclearAccess(document: YamlDocument, entry: SourceEntry, index: number): void {
  const given = [entry.namespace, entry.connection_string_env].filter((each) => each !== undefined);
  if (given.length === 1) return;
  throw configInvalid(
    document,
    ['sources', index],
    `the source '${entry.name}' ${given.length === 0 ? "has neither 'namespace' nor" : "has both 'namespace' and"} 'connection_string_env'.`,
    "Give 'namespace' to sign in with Microsoft Entra ID, or 'connection_string_env' to name the variable that holds a connection string.",
  );
}

function refuseUnclearTarget(document: YamlDocument, entry: SourceEntry, index: number): void {
  const given = ['workspace_id', 'workspace_ids', 'resource_id'].filter((key) => key in entry);
  if (given.length === 1) return;
  throw configInvalid(
    document,
    ['sources', index],
    `the source '${entry.name}' ${given.length === 0 ? 'does not say what to ask.' : `has ${given.map((key) => `'${key}'`).join(' and ')}, which say the same.`}`,
    "Give one of 'workspace_id', 'workspace_ids' and 'resource_id'.",
  );
}

function pulledFrom(document: YamlDocument, text: string, index: number): string {
  if (/^[0-9.]+\s*[smhdw]$/.test(text)) return text;
  return instantAt(document, ['sources', index, 'start'], text) ?? text;
}

function startOf(document: YamlDocument, text: string, index: number): string {
  if (text === 'earliest' || text === 'latest') return text;
  return instantAt(document, ['sources', index, 'start'], text) ?? 'earliest';
}
