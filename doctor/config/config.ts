import { packagePath } from '../../core/package-root.ts';
import { type Check, ok, warning } from '../check.ts';
import { counted } from '../words.ts';

export const config: Check = {
  name: 'config',
  area: 'config',
  asks: 'Is there a config, and does it keep to its schema?',
  async examine(patient) {
    const { file, sources } = await patient.readConfig();
    if (file === undefined) {
      return warning("there is no 'mcp-witness.yaml' here, and no --config", {
        why: 'Nothing says where telemetry comes from, nor who owns what; files can be ingested all the same',
        mend: `cp ${packagePath('examples', '{mcp-witness,inventory,prices}.yaml')} . && cp -r ${packagePath('examples', 'slos')} .`,
      });
    }
    if (sources.length === 0) {
      return warning(`${file} names no sources`, {
        mend: `Name them under 'sources:', as ${packagePath('examples', 'mcp-witness.yaml')} does.`,
      });
    }
    const names = sources.map(({ name, kind }) => `${name} (${kind})`).join(', ');
    return ok(`${file}: ${counted(sources.length, 'source')}, ${names}`);
  },
};
