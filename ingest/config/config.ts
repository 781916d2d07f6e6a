import { existsSync } from 'node:fs';
import { parseDuration } from '../../core/window.ts';
import type { YamlDocument } from '../../core/yaml-file.ts';
import { NO_REDACTION, type Redaction } from '../redaction.ts';
import { readDocument } from './document.ts';
import { filesNamed, folderOf } from './paths.ts';
import { readSources, type Source, type SourceEntry } from './sources.ts';
import { type StoreEntry, type StoreTarget, targetOf } from './store-target.ts';

export type { EventHubsSource, FilesSource, LogAnalyticsSource, Source } from './sources.ts';
export type { StoreTarget } from './store-target.ts';

/** What `mcp-witness.yaml` says, with defaults where it is silent. Paths are absolute. */
export interface Config {
  /** The file it was read from; undefined: there is none, and these are the defaults. */
  readonly file: string | undefined;
  /** The folder that relative paths were resolved against. */
  readonly folder: string;
  readonly store: StoreTarget;
  readonly sources: readonly Source[];
  readonly inventory: readonly string[];
  readonly prices: readonly string[];
  readonly slos: readonly string[];
  readonly correlation: {
    readonly skewMs: number;
    readonly latenessMs: number;
    readonly sessionIdleMs: number;
  };
  readonly redaction: Redaction;
  /** How many days are kept; undefined: all. */
  readonly retention: {
    readonly evidenceDays: number | undefined;
    readonly verdictsDays: number | undefined;
  };
  readonly azure: AzureResources;
}

/** What is looked at, and never changed. Resources by their ARM ids. */
export interface AzureResources {
  readonly apiManagement: readonly string[];
  readonly applicationInsights: readonly string[];
  /** Of Azure Resource Manager. */
  readonly endpoint: string;
}

interface ConfigEntry {
  readonly store?: StoreEntry;
  readonly sources?: readonly SourceEntry[];
  readonly inventory?: readonly string[];
  readonly prices?: readonly string[];
  readonly slos?: readonly string[];
  readonly correlation?: {
    readonly skew?: string;
    readonly lateness?: string;
    readonly session_idle?: string;
  };
  readonly redaction?: Partial<Redaction>;
  readonly retention?: { readonly evidence?: string; readonly verdicts?: string };
  readonly azure?: {
    readonly api_management?: readonly string[];
    readonly application_insights?: readonly string[];
    readonly endpoint?: string;
  };
}

const DEFAULT_FILE = 'mcp-witness.yaml';

/**
 * Reads the config at `path`, which must exist; without one, `mcp-witness.yaml` in the current
 * folder if it is there, else the defaults.
 */
export function loadConfig(path?: string): Config {
  const file = path ?? (existsSync(DEFAULT_FILE) ? DEFAULT_FILE : undefined);
  return file === undefined
    ? configOf({ file: DEFAULT_FILE, value: {}, lineOf: () => 1 }, undefined)
    : configOf(readDocument(file, 'config'), file);
}

function configOf(document: YamlDocument, file: string | undefined): Config {
  const folder = folderOf(file ?? DEFAULT_FILE);
  const entry = document.value as ConfigEntry;
  const files = (key: 'inventory' | 'prices' | 'slos') =>
    filesNamed(document, folder, key, entry[key] ?? []);
  return {
    file,
    folder,
    store: targetOf(document, folder, entry.store ?? {}),
    sources: readSources(document, folder, entry.sources ?? []),
    inventory: files('inventory'),
    prices: files('prices'),
    slos: files('slos'),
    correlation: {
      skewMs: parseDuration(entry.correlation?.skew ?? '2s'),
      latenessMs: parseDuration(entry.correlation?.lateness ?? '24h'),
      sessionIdleMs: parseDuration(entry.correlation?.session_idle ?? '30m'),
    },
    redaction: { ...NO_REDACTION, ...entry.redaction },
    retention: {
      evidenceDays: daysOf(entry.retention?.evidence),
      verdictsDays: daysOf(entry.retention?.verdicts),
    },
    azure: {
      apiManagement: entry.azure?.api_management ?? [],
      applicationInsights: entry.azure?.application_insights ?? [],
      endpoint: entry.azure?.endpoint ?? 'https://management.azure.com',
    },
  };
}

/** '400d'; the schema lets nothing else pass. */
function daysOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number.parseInt(text, 10);
}
