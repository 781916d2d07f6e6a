import { type Check, ok, warning } from '../check.ts';
import { counted } from '../words.ts';

export const slos: Check = {
  name: 'slos',
  area: 'config',
  asks: 'Are the SLO documents valid, down to each field?',
  async examine(patient) {
    const { slos: files } = await patient.config();
    const isOwn = files.length > 0;
    const { loadDefinitions } = await import('../../slo/definitions.ts');
    const { checkDefinitions } = await import('../../slo/judge.ts');
    const { Store } = await import('../../store/store.ts');
    const loaded = loadDefinitions(isOwn ? files : patient.given.startingTargets);
    using store = await Store.inMemory();
    await checkDefinitions(store, loaded);
    const count = counted(loaded.definitions.length, 'target');
    const [first] = loaded.warnings;
    if (first !== undefined)
      return warning(first.replace(/\.$/, ''), { mend: 'Correct the line.' });
    return ok(isOwn ? count : `${count}, those that the program brings`);
  },
};
