import type { Io } from '../../cli/io.ts';
import { ask } from '../cli/fleet.ts';
import type { Told } from './estate-run.ts';

/** What `doctor` says over a config, which is called CONFIG in it; it asks nothing of Azure. */
export async function toldOver(
  config: string,
  given: Partial<Io> = {},
): Promise<{ readonly code: number; readonly rows: readonly Told[] }> {
  const line = ['doctor', '--offline', '--format', 'json', '--config', config];
  const { out, code } = await ask(line, given);
  const { rows } = JSON.parse(out.replaceAll(config, 'CONFIG')) as { readonly rows: Told[] };
  return { code, rows };
}
