import { readdirSync, readFileSync } from 'node:fs';
import { UserError } from '../core/errors.ts';
import { packagePath } from '../core/package-root.ts';

/** Who can log a field; each has a folder under examples/remedies/. */
export const SIDES = ['gateway', 'server'] as const;

export type Side = (typeof SIDES)[number];

/** What fills a hole: one file of examples/remedies/, named after the field, in the folder of the side. */
export interface Remedy {
  /** 'gateway/agent_id'. */
  readonly name: string;
  readonly field: string;
  readonly side: Side;
  readonly title: string;
  readonly docs: string;
  /** Where the snippet goes. */
  readonly where: string;
  /** Markdown, with the snippets in fences. */
  readonly text: string;
}

/** A snippet inside a remedy. */
export interface Snippet {
  readonly language: string;
  readonly code: string;
}

/** Every remedy there is: found by listing the folders. */
export function listRemedies(): Remedy[] {
  return SIDES.flatMap((side) =>
    readdirSync(packagePath('examples', 'remedies', side))
      .filter((file) => file.endsWith('.md'))
      .sort()
      .map((file) => readRemedy(side, file.slice(0, -'.md'.length))),
  );
}

const SHAPE = /^# (?<title>.+)\n\ndocs: (?<docs>\S+)\nwhere: (?<where>.+)\n\n(?<text>[\s\S]+)$/;

function readRemedy(side: Side, field: string): Remedy {
  const path = `examples/remedies/${side}/${field}.md`;
  const { title, docs, where, text } =
    SHAPE.exec(readFileSync(packagePath(path), 'utf8'))?.groups ?? {};
  if (!title || !docs || !where || !text) {
    throw new UserError(
      'input_invalid',
      `${path} is not written as a remedy.`,
      "Begin it with '# Title', then the lines 'docs: URL' and 'where: PLACE', with empty lines around them.",
    );
  }
  return { name: `${side}/${field}`, field, side, title, docs, where, text: text.trimEnd() };
}

/** The snippets of a remedy, each with its language. */
export function snippetsOf({ text }: Pick<Remedy, 'text'>): Snippet[] {
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = '', code = '']) => ({
    language,
    code,
  }));
}

/**
 * The remedy with the names of one server in place of SERVER_ID and API_ID. A name that telemetry
 * made up could break out of the code around it: only a plain one is put in.
 */
export function remedyFor(
  remedy: Remedy,
  { server_id, api_id }: { readonly server_id: string; readonly api_id: string | null },
): Remedy {
  const fill = (text: string) =>
    text
      .replaceAll('SERVER_ID', isPlain(server_id) ? server_id : 'SERVER_ID')
      .replaceAll('API_ID', api_id !== null && isPlain(api_id) ? api_id : 'API_ID');
  return { ...remedy, where: fill(remedy.where), text: fill(remedy.text) };
}

function isPlain(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/.test(name);
}
