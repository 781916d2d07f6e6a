import { type Check, type Finding, ok, Skipped } from '../check.ts';
import { toldAs } from '../examine.ts';

export const network: Check = {
  name: 'network',
  area: 'azure',
  asks: 'Do the services answer that the config names?',
  async examine({ estate }) {
    const origins = await estate.origins();
    if (origins.length === 0) throw new Skipped('the config names no service with HTTPS in Azure');
    const answers = await Promise.all(
      origins.map((origin) => estate.reach(origin).then(() => undefined, toldAs)),
    );
    const troubles = answers.filter((each): each is Finding => each !== undefined);
    if (troubles.length > 0) return troubles.every(isSkipped) ? troubles.slice(0, 1) : troubles;
    return ok(`${origins.map((origin) => new URL(origin).host).join(', ')} answered`);
  },
};

const isSkipped = ({ state }: Finding): boolean => state === 'skipped';
